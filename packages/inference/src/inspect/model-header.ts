import { InferenceError } from "../error.ts";
import { type GgufHeader, type GgufProblem, type GgufTensor, numberOf } from "../gguf/header.ts";
import { readHeader } from "../gguf/read-header.ts";

/** The headers of a model's file, or of all its files where it is split. */
export interface ModelHeader {
  readonly path: string;
  readonly metadata: GgufHeader["metadata"];
  /** Of all the files. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Of all the files, in bytes. */
  readonly fileBytes: number;
  /** How many files there are. */
  readonly files: number;
}

/**
 * Reads the headers of a model.
 *
 * @param path - its file, or the first of its files
 * @throws InferenceError `MODEL_NOT_FOUND`, `NOT_GGUF`, `MODEL_TRUNCATED` or `INVALID_MODEL`
 */
export async function readModelHeader(path: string): Promise<ModelHeader> {
  const first = await readHeader(path, explainProblem);
  const tensors = new Map(first.tensors);
  let { fileBytes } = first;
  const paths = partPaths(path, first);
  for (const part of paths.slice(1)) {
    const header = await readHeader(part, explainProblem);
    for (const [name, tensor] of header.tensors) tensors.set(name, tensor);
    fileBytes += header.fileBytes;
  }
  return { path, metadata: first.metadata, tensors, fileBytes, files: paths.length };
}

function explainProblem(path: string, cause: GgufProblem): InferenceError {
  switch (cause.kind) {
    case "missing":
      return new InferenceError(
        "MODEL_NOT_FOUND",
        `Cannot read the model ${path}: ${cause.message}.`,
        { cause },
      );
    case "format":
      return new InferenceError("NOT_GGUF", `${path} cannot be loaded: ${cause.message}.`, {
        cause,
      });
    case "damage":
      return truncated(path, cause.message, cause);
  }
}

/** The error for a file that ends too early or is damaged. */
export function truncated(path: string, reason: string, cause?: unknown): InferenceError {
  return new InferenceError(
    "MODEL_TRUNCATED",
    `${path} is cut short or damaged: ${reason}. Download or convert it again.`,
    { cause },
  );
}

/** The error for a file that is whole, but describes no model that there can be. */
export function invalidModel(path: string, reason: string, cause?: unknown): InferenceError {
  const message = `${path} is no model that can run: ${reason}. Download or convert it again.`;
  return new InferenceError("INVALID_MODEL", message, { cause });
}

/** The error for a file that is not the one to load. */
export function wrongFile(path: string, reason: string): InferenceError {
  return new InferenceError("INVALID_MODEL", `${path} cannot be loaded: ${reason}.`);
}

/**
 * A size that a model cannot do without.
 *
 * @throws InferenceError `INVALID_MODEL`
 */
export function readSize(header: ModelHeader, key: string, most: number = 2 ** 31 - 1): number {
  const entry = header.metadata.get(key);
  const value = entry?.type === "array" ? "an array" : entry?.value;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) {
    return value;
  }
  const what = entry === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
  throw invalidModel(header.path, `its ${key} ${what}, and must be an integer from 1 to ${most}`);
}

const PART = /-(\d{5})-of-(\d{5})\.gguf$/;

/** The files of a model: `name-00001-of-00003.gguf` and so on, or the one there is. */
function partPaths(path: string, first: GgufHeader): string[] {
  const count = numberOf(first, "split.count") ?? 0;
  if (count < 2) return [path];
  const number = (numberOf(first, "split.no") ?? 0) + 1;
  const name = PART.exec(path);
  const begin = path.slice(0, name?.index);
  const partPath = (part: number) => `${begin}-${digits(part)}-of-${digits(count)}.gguf`;
  if (number !== 1) {
    throw wrongFile(path, `it is part ${number} of ${count}; give the first, ${partPath(1)}`);
  }
  if (path !== partPath(1)) {
    const name = `<name>-${digits(1)}-of-${digits(count)}.gguf`;
    throw wrongFile(path, `it is the first of ${count} parts, which must be called ${name}`);
  }
  return Array.from({ length: count }, (_, index) => partPath(index + 1));
}

function digits(part: number): string {
  return String(part).padStart(5, "0");
}
