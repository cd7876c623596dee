import { ByteReader } from "./byte-reader.ts";
import { TokenizerError } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { pairsByScore } from "./pairs.ts";
import { BYTE, NORMAL, PieceList } from "./pieces.ts";
import { makeTables } from "./tables.ts";
import { checkPieces, type Vocabulary } from "./vocabulary.ts";

/** Versions that exist in the wild and have 64-bit lengths. */
const VERSIONS = [2, 3];

/** Real files have some 20 to 60 entries. */
const MAX_ENTRIES = 65_536;

/** The longest key of the specification. */
const MAX_KEY_BYTES = 65_535;

/** Types of values. */
const UINT32 = 4;
const FLOAT32 = 6;
const INT32 = 5;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
/** Bytes per value, by type; 0 for those without a fixed size. */
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

/** Arrays of arrays are allowed to this depth. No known file has any. */
const MAX_DEPTH = 4;

const PREFIX = "tokenizer.ggml.";

/** What the metadata says of the tokenizer. */
interface Found {
  model?: string;
  pieces?: PieceList;
  /** Where each piece is. */
  places?: Int32Array;
  scores?: Float32Array;
  kinds?: Int32Array;
  readonly ids: Map<string, number>;
  readonly flags: Map<string, boolean>;
}

/**
 * Reads the tokenizer in a GGUF's metadata. What comes after that, the weights, need not be there.
 *
 * Source: ggml-org/ggml, `docs/gguf.md`; how the pieces are used, ggml-org/llama.cpp, `src/llama-vocab.cpp`.
 *
 * @param bytes - the file, or its beginning
 * @throws TokenizerError
 */
export function readGguf(bytes: Uint8Array): Vocabulary {
  const reader = new ByteReader(bytes);
  reader.skip(4, "GGUF's mark");
  const version = reader.uint32("the version");
  if (VERSIONS.indexOf(version) === -1) {
    const hint = version > 0xffff ? "it is for big-endian machines" : "convert the model again";
    const problem = `this is GGUF version ${version}, known are 2 and 3: ${hint}.`;
    throw new TokenizerError("UNSUPPORTED", problem, { place: "byte 4" });
  }
  reader.skip(8, "the number of tensors");
  const entries = limited(reader, MAX_ENTRIES, "entries of metadata");
  const found: Found = { ids: new Map(), flags: new Map() };
  for (let entry = 0; entry < entries; entry++) readEntry(reader, found);
  return toVocabulary(found);
}

/** A count, which must be within a limit before anything is made of that size. */
function limited(reader: ByteReader, limit: number, what: string): number {
  const place = `byte ${reader.at}`;
  const count = reader.uint64(`the number of ${what}`);
  if (count <= limit) return count;
  const problem = `there are ${count} ${what}, and the limit is ${limit}.`;
  throw new TokenizerError("LIMIT_EXCEEDED", problem, { place });
}

function readEntry(reader: ByteReader, found: Found): void {
  const key = reader.ascii(limited(reader, MAX_KEY_BYTES, "bytes in a key"), "a key");
  const place = `byte ${reader.at}`;
  const type = reader.uint32(`the type of ${key}`);
  const expect = (wanted: number): void => {
    if (type === wanted || (wanted === UINT32 && type === INT32)) return;
    throw new TokenizerError("MALFORMED", `${key} has the type ${type}.`, { place });
  };
  const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : "";
  if (name === "model") {
    expect(STRING);
    found.model = reader.ascii(limited(reader, MAX_KEY_BYTES, "bytes in a name"), key);
  } else if (name === "tokens") {
    expect(ARRAY);
    readTokens(reader, found);
  } else if (name === "scores" || name === "token_type") {
    expect(ARRAY);
    readNumbers(reader, found, name);
  } else if (/^(bos|eos|unknown)_token_id$/.test(name)) {
    expect(UINT32);
    found.ids.set(name, reader.uint32(key));
  } else if (name === "add_space_prefix" || name === "remove_extra_whitespaces") {
    expect(BOOL);
    found.flags.set(name, reader.uint8(key) !== 0);
  } else skipValue(reader, type, 0, place);
}

/** Reads an array's head: its length, once its type is the wanted one. */
function arrayLength(reader: ByteReader, types: readonly number[], what: string): number {
  const place = `byte ${reader.at}`;
  const type = reader.uint32(`the type of ${what}`);
  if (types.indexOf(type) === -1) {
    throw new TokenizerError("MALFORMED", `${what} have the type ${type}.`, { place });
  }
  return limited(reader, MAX_PIECES, what);
}

function readTokens(reader: ByteReader, found: Found): void {
  const count = arrayLength(reader, [STRING], "tokens");
  const pieces = new PieceList();
  const places = new Int32Array(count);
  for (let id = 0; id < count; id++) {
    places[id] = reader.at;
    const length = limited(reader, MAX_KEY_BYTES, "bytes in a token");
    reader.piece(length, pieces, NORMAL, `token ${id}`);
  }
  found.pieces = pieces;
  found.places = places;
}

function readNumbers(reader: ByteReader, found: Found, name: "scores" | "token_type"): void {
  if (name === "scores") {
    const count = arrayLength(reader, [FLOAT32], name);
    reader.skip(4 * count, name);
    reader.at -= 4 * count;
    found.scores = new Float32Array(count);
    for (let id = 0; id < count; id++) found.scores[id] = reader.float32(name);
  } else {
    const count = arrayLength(reader, [INT32, UINT32], name);
    reader.skip(4 * count, name);
    reader.at -= 4 * count;
    found.kinds = new Int32Array(count);
    for (let id = 0; id < count; id++) found.kinds[id] = reader.uint32(name);
  }
}

function skipValue(reader: ByteReader, type: number, depth: number, place: string): void {
  const size = SIZES[type];
  if (size === undefined || depth > MAX_DEPTH) {
    throw new TokenizerError("MALFORMED", `a value has the type ${type}.`, { place });
  }
  if (type === STRING) reader.skip(reader.uint64("a text's length"), "a text");
  else if (type === ARRAY) {
    const itemType = reader.uint32("an array's type");
    const count = reader.uint64("an array's length");
    const itemSize = SIZES[itemType] ?? 0;
    if (itemSize > 0) reader.skip(count * itemSize, "an array");
    else for (let item = 0; item < count; item++) skipValue(reader, itemType, depth + 1, place);
  } else reader.skip(size, "a value");
}

function toVocabulary({ model, pieces, places, scores, kinds, ids, flags }: Found): Vocabulary {
  if (model !== "llama") {
    const got = model === undefined ? "no tokenizer" : `a tokenizer of the kind "${model}"`;
    throw unsupported(`the file has ${got}: Llama 2's is of the kind "llama".`);
  }
  if (!pieces || !places || !scores || !kinds) {
    throw malformed("tokens, scores or token_type are missing.");
  }
  if (scores.length !== pieces.size || kinds.length !== pieces.size) {
    const counts = `${pieces.size} tokens, ${scores.length} scores, ${kinds.length} types`;
    throw malformed(`there must be as many of each: ${counts}.`);
  }
  if (flags.get("remove_extra_whitespaces")) throw unsupported("this tokenizer removes spaces.");
  for (let id = 0; id < pieces.size; id++) {
    const kind = kinds[id] as number;
    if (kind < NORMAL || kind > BYTE) throw malformed(`token ${id} has the type ${kind}.`);
    if (Number.isNaN(scores[id])) throw malformed(`the score of token ${id} is not a number.`);
    pieces.kinds[id] = kind;
  }
  checkPieces(pieces, (id) => `byte ${places[id]}`);
  const idOf = (name: string, otherwise: number): number => {
    const id = ids.get(name) ?? otherwise;
    if (id < pieces.size) return id;
    throw malformed(`${name} is ${id}, and there are ${pieces.size} tokens.`);
  };
  const prefix = flags.get("add_space_prefix") ?? true;
  return {
    pieces,
    // llama.cpp's numbers, for files that leave them out.
    unkId: idOf("unknown_token_id", 0),
    bosId: idOf("bos_token_id", 1),
    eosId: idOf("eos_token_id", 2),
    tables: makeTables(pieces, () => pairsByScore(pieces, scores)),
    // llama.cpp takes tokens out of the text first, and then encodes what is between them.
    prefix: {
      first: prefix,
      afterControl: prefix,
      afterUserDefined: prefix,
      unlessSpace: false,
      beforeToken: false,
    },
    strips: new Map(),
  };
}

function malformed(problem: string): TokenizerError {
  return new TokenizerError("MALFORMED", problem, { place: "tokenizer.ggml" });
}

function unsupported(problem: string): TokenizerError {
  return new TokenizerError("UNSUPPORTED", problem, { place: "tokenizer.ggml" });
}
