import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";

/** Each takes memory as soon as the model is loaded, so of many the newest are taken. An older one can be named when loading. */
const MOST_ADAPTERS = 16;

/** A note has two fields: what is longer is none. */
const LONGEST_NOTE = 4096;

/** An adapter that was taught here. */
export interface TaughtAdapter {
  readonly name: string;
  readonly path: string;
}

/** What stands beside an adapter's file: which model it is for, wherever that lies. An adapter's own header does not say. */
interface Note {
  readonly model: string;
  readonly modelBytes: number;
}

/** Notes down which model an adapter was taught to, so that it is found again with that model. */
export async function noteAdapter(path: string, model: string): Promise<void> {
  await writeFile(noteOf(path), `${JSON.stringify(await describeFile(model))}\n`);
}

/** Finds the adapters that were taught to a model, the oldest first. Where there is no such folder, there are none. */
export async function findAdapters(folder: string, model: string): Promise<TaughtAdapter[]> {
  const names = await readdir(folder).catch(() => []);
  const wanted = await describeFile(model);
  const found: (TaughtAdapter & { readonly time: number })[] = [];
  for (const name of names.filter((file) => extname(file) === ".gguf")) {
    const path = join(folder, name);
    const note = await readNote(path);
    if (note?.model !== wanted.model || note.modelBytes !== wanted.modelBytes) continue;
    found.push({ name: basename(name, ".gguf"), path, time: note.time });
  }
  const newest = found.sort((a, b) => a.time - b.time).slice(-MOST_ADAPTERS);
  return newest.map(({ name, path }) => ({ name, path }));
}

async function describeFile(model: string): Promise<Note> {
  return { model: basename(model), modelBytes: (await stat(model)).size };
}

async function readNote(path: string): Promise<(Note & { time: number }) | undefined> {
  try {
    const { size, mtimeMs: time } = await stat(noteOf(path));
    if (size > LONGEST_NOTE) return undefined;
    return { ...(JSON.parse(await readFile(noteOf(path), "utf8")) as Note), time };
  } catch {
    return undefined;
  }
}

function noteOf(adapter: string): string {
  return `${adapter}.json`;
}
