import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A name that nobody else has, beside the one that is meant: a rename must not cross disks. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`);
}

/** What is there now and must not stay. */
const partials = new Set<string>();

/** Works on a file or folder under a temporary name. It is gone afterwards, unless it was given another name. */
export async function withPartial<Result>(
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  watch(path);
  try {
    return await work();
  } finally {
    await removePartial(path);
  }
}

/** Removes a file or folder that has no name of its own. */
export async function removePartial(path: string): Promise<void> {
  watch(path);
  await rm(path, { recursive: true, force: true });
  partials.delete(path);
  if (partials.size === 0) process.off("exit", removeAll);
}

/** Has something removed where the process ends before the work does, as with a second Ctrl-C. */
function watch(path: string): void {
  if (partials.size === 0) process.on("exit", removeAll);
  partials.add(path);
}

function removeAll(): void {
  for (const path of partials) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Windows removes nothing that is open.
    }
  }
}
