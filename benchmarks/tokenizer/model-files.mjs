// The files that peers load Llama 2's vocabulary from, made from our copy of it: those that Meta gives out may not be
// passed on here.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";

const firstNormalId = 259;

/**
 * Writes them into a temporary folder.
 *
 * @returns {Promise<{ folder: string, remove(): Promise<void> }>} the folder has a tokenizer.model and a tokenizer.json
 */
export async function writeModelFiles() {
  const folder = await mkdtemp(join(tmpdir(), "llama2-kit-bench-"));
  const tokenizer = llama2Tokenizer();
  const pieces = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.idToToken(id));
  await writeFile(join(folder, "tokenizer.model"), sentencePieceModel(pieces));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(huggingFaceJson(pieces)));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Ids of the vocabulary are in the order of their scores, except for spaces, which are merged last. */
function scoreOf(piece, id) {
  if (id < firstNormalId) return 0;
  return /^▁+$/.test(piece) ? -1e9 : firstNormalId - id;
}

/** SentencePiece's ModelProto. */
function sentencePieceModel(pieces) {
  const [normal, unknown, control, byte] = [1, 2, 3, 6];
  const typeOf = (id) => {
    if (id === 0) return unknown;
    if (id < 3) return control;
    return id < firstNormalId ? byte : normal;
  };
  const trainer = { modelType: 3, vocabSize: 4, byteFallback: 35 };
  const normalizer = { name: 1, charsmap: 2, dummyPrefix: 3, removeWhitespace: 4, escape: 5 };
  return Buffer.concat([
    ...pieces.map((piece, id) => {
      const score = Buffer.alloc(4);
      score.writeFloatLE(scoreOf(piece, id));
      const fields = [field(1, piece), Buffer.of((2 << 3) | 5), score, field(3, typeOf(id))];
      return field(1, Buffer.concat(fields));
    }),
    field(
      2,
      Buffer.concat([
        field(trainer.modelType, 2),
        field(trainer.vocabSize, pieces.length),
        field(trainer.byteFallback, 1),
      ]),
    ),
    field(
      3,
      Buffer.concat([
        field(normalizer.name, "identity"),
        field(normalizer.charsmap, ""),
        field(normalizer.dummyPrefix, 1),
        field(normalizer.removeWhitespace, 0),
        field(normalizer.escape, 1),
      ]),
    ),
  ]);
}

/** A field of protobuf: a number, or bytes with their length. */
function field(number, value) {
  if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** What Hugging Face's conversion of Llama 2 writes. */
function huggingFaceJson(pieces) {
  const space = "▁";
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: ["<unk>", "<s>", "</s>"].map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: space },
        { type: "Replace", pattern: { String: " " }, content: space },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: space }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges: mergesOf(pieces),
    },
  };
}

/** All pairs of pieces whose text together is a piece, the best first. */
function mergesOf(pieces) {
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const merges = [];
  for (const [id, piece] of pieces.entries()) {
    if (id < firstNormalId) continue;
    const found = [];
    for (let at = 1; at < piece.length; at++) {
      const pair = [piece.slice(0, at), piece.slice(at)];
      const [left, right] = pair.map((part) => ids.get(part));
      if (left >= firstNormalId && right >= firstNormalId) found.push({ left, right, pair });
    }
    found.sort((a, b) => a.left - b.left || a.right - b.right);
    merges.push(...found.map(({ pair }) => ({ pair, score: scoreOf(piece, id) })));
  }
  return merges.sort((a, b) => b.score - a.score).map(({ pair }) => pair.join(" "));
}
