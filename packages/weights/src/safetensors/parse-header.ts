import { describe, WeightsError } from "../error.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../files/parse-json.ts";
import { type TensorSource, tensorBytes } from "../tensors/tensor-source.ts";
import { isTensorType, layoutOf, type TensorType } from "../tensors/tensor-type.ts";
import { MAX_DIMENSIONS, MAX_MARKS } from "./limits.ts";

/** What a header says of a tensor; `start` is where its bytes begin, counted from the header's end. */
interface HeaderTensor extends Pick<TensorSource, "name" | "shape" | "type" | "byteLength"> {
  readonly start: number;
}

/** A safetensors file's header. */
export interface SafetensorsHeader {
  /** What stands under `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: readonly HeaderTensor[];
}

type Fail = (problem: string, cause?: unknown) => WeightsError;

/**
 * Parses a safetensors file's header, and checks it against the bytes that follow it.
 *
 * Source: huggingface/safetensors, `safetensors/src/tensor.rs`.
 *
 * @param json - the header without its length
 * @param dataBytes - bytes of the file behind the header
 * @throws WeightsError `BAD_SAFETENSORS` or `UNSUPPORTED`
 */
export function parseHeader(json: Uint8Array, dataBytes: number, path: string): SafetensorsHeader {
  const fail: Fail = (problem, cause) => damaged(path, `its header ${problem}`, cause);
  const { __metadata__: metadata = {}, ...entries } = parseJsonObject(json, MAX_MARKS, fail);
  const tensors = Object.entries(entries).map(([name, entry]) => parseTensor(name, entry, path));
  checkPlaces(tensors, dataBytes, path);
  return { metadata: parseMetadata(metadata, fail), tensors };
}

/** The error for what is wrong with a file. */
export function damaged(path: string, problem: string, cause?: unknown): WeightsError {
  const message = `${path} is a damaged safetensors file: ${problem}.`;
  return new WeightsError("BAD_SAFETENSORS", message, { path, cause });
}

function parseMetadata(metadata: unknown, fail: Fail): Map<string, string> {
  const texts = new Map<string, string>();
  if (!isJsonObject(metadata)) throw fail("has a __metadata__ that is no object");
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string")
      throw fail(`has a __metadata__ whose ${describe(key)} is no text`);
    texts.set(key, value);
  }
  return texts;
}

const CONTROL_CHARACTER = /\p{Cc}/u;

function parseTensor(name: string, entry: unknown, path: string): HeaderTensor {
  if (name === "" || CONTROL_CHARACTER.test(name))
    throw damaged(path, `a tensor is called ${describe(name)}`);
  const fail: Fail = (problem) => damaged(path, `tensor ${name} ${problem}`);
  if (!isJsonObject(entry)) throw fail(`is ${describe(entry)}`);
  const type = parseType(entry, name, path);
  const shape = parseSizes(entry["shape"], MAX_DIMENSIONS);
  const offsets = parseSizes(entry["data_offsets"], 2);
  const [start, end] = offsets ?? [];
  if (shape === undefined || !Number.isSafeInteger(tensorBytes(type, shape))) {
    throw fail("has a shape that cannot be");
  }
  if (start === undefined || end === undefined)
    throw fail("has data_offsets that are no two numbers");
  const byteLength = tensorBytes(type, shape);
  if (end - start !== byteLength) {
    throw fail(
      `of type ${type} and shape [${shape.join(", ")}] stands from ${start} to ${end}, and needs ${byteLength} bytes`,
    );
  }
  return { name, shape, type, byteLength, start };
}

function parseType(entry: JsonObject, name: string, path: string): TensorType {
  const type = entry["dtype"];
  if (typeof type === "string" && isTensorType(type) && layoutOf(type).safetensors) return type;
  const message = `${path} has tensor ${name} of type ${describe(type)}, which is not read here.`;
  throw new WeightsError("UNSUPPORTED", message, { path });
}

/** Sizes or offsets: few, and each one that can be. */
function parseSizes(value: unknown, most: number): number[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  return value.every((size) => Number.isSafeInteger(size) && size >= 0) ? value : undefined;
}

/** Tensors must fill the file one behind the other: safetensors' own reader takes no other file. */
function checkPlaces(tensors: readonly HeaderTensor[], dataBytes: number, path: string): void {
  let end = 0;
  for (const { name, start, byteLength } of [...tensors].sort((a, b) => a.start - b.start)) {
    if (start !== end && byteLength > 0) {
      throw damaged(
        path,
        `tensor ${name} stands at ${start}, where ${end} is its place: it overlaps another or leaves a gap`,
      );
    }
    end = start + byteLength;
  }
  if (end === dataBytes) return;
  throw damaged(path, `its tensors take ${end} bytes, and it has ${dataBytes} for them`);
}
