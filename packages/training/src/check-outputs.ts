import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { WeightsError } from "@llama2-kit/weights";

/** What a training is to write. */
export interface Outputs {
  readonly output: string;
  readonly checkpoint: string;
  readonly peft?: string | undefined;
  readonly overwrite?: boolean | undefined;
}

/**
 * Looks whether a training can write what it is to write: the same errors as at its end, hours earlier.
 *
 * @throws WeightsError `OUTPUT_EXISTS` or `CANNOT_WRITE`
 */
export async function checkOutputs(outputs: Outputs): Promise<void> {
  const { output, checkpoint, peft, overwrite } = outputs;
  if (!overwrite && (await exists(output))) throw outputExists(output);
  if (peft !== undefined && !overwrite && !(await isEmpty(peft))) throw outputExists(peft);
  for (const path of [output, checkpoint, peft]) if (path !== undefined) await checkFolder(path);
}

function outputExists(path: string): WeightsError {
  const advice = "Choose another name, or ask to overwrite it (overwrite, --force)";
  return new WeightsError("OUTPUT_EXISTS", `${path} exists already. ${advice}.`, { path });
}

async function checkFolder(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  if (await exists(folder, constants.W_OK)) return;
  const problem = (await exists(folder))
    ? `this process may not write to ${folder}`
    : `there is no folder ${folder}`;
  throw new WeightsError("CANNOT_WRITE", `${path} cannot be written: ${problem}.`, { path });
}

function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** Whether a folder is not there, or has nothing in it. */
function isEmpty(folder: string): Promise<boolean> {
  return readdir(folder).then(
    (names) => names.length === 0,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}
