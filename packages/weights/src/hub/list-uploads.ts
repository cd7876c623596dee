import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { WeightsError } from "../error.ts";
import { notFound } from "../files/open-file.ts";

/** A file to be uploaded. */
export interface Upload {
  /** Where it is. */
  readonly source: string;
  /** Its name in the repository, with `/` between folders. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Lists the files of a folder, with those of its folders. What begins with a dot is left out: a `.git`, a cache, a key;
 * and so are links, which may lead anywhere.
 *
 * @throws WeightsError `NOT_FOUND`
 */
export async function listFolder(folder: string): Promise<Upload[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw notFound(folder, cause);
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.split("/").some((part) => part.startsWith(".")));
  if (paths.length === 0) {
    throw new WeightsError("NOT_FOUND", `${folder} has no files to upload.`, { path: folder });
  }
  return Promise.all(paths.sort().map((path) => describeUpload(join(folder, path), path)));
}

/**
 * Lists files to be uploaded by their own names, without folders.
 *
 * @throws WeightsError `NOT_FOUND`, or `BAD_OPTION` where two have the same name
 */
export async function listFiles(files: readonly string[]): Promise<Upload[]> {
  const names = files.map((file) => basename(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const message = `Two files are called ${twice}, and would be one in the repository. Rename one of them.`;
    throw new WeightsError("BAD_OPTION", message, { parameter: "files" });
  }
  return Promise.all(files.map((file) => describeUpload(file, basename(file))));
}

async function describeUpload(source: string, path: string): Promise<Upload> {
  const facts = await stat(source).catch((cause) => {
    throw notFound(source, cause);
  });
  if (facts.isFile()) return { source, path, size: facts.size };
  throw new WeightsError("NOT_FOUND", `${source} is not a file.`, { path: source });
}
