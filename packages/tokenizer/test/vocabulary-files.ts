import { llama2Tokenizer } from "../src/llama2.ts";
import { BYTE, CONTROL, NORMAL, UNKNOWN } from "../src/pieces.ts";

/** A vocabulary to make files from. */
export interface Source {
  readonly texts: readonly string[];
  readonly scores: readonly number[];
  readonly kinds: readonly number[];
}

const tokenizer = llama2Tokenizer();

/** Llama 2's vocabulary. */
export const llama2: Source = {
  texts: Array.from({ length: 32_000 }, (_, id) => tokenizer.idToToken(id) as string),
  scores: Array.from({ length: 32_000 }, (_, id) => {
    if (/^▁+$/.test(tokenizer.idToToken(id) as string)) return -1e9;
    return id < 259 ? 0 : 259 - id;
  }),
  kinds: Array.from({ length: 32_000 }, (_, id) => kindOf(id)),
};

/** A vocabulary of bytes and few pieces, each with a score; the later ones merge later. */
export function smallVocabulary(...pieces: readonly string[]): Source {
  const texts = [...llama2.texts.slice(0, 259), ...pieces];
  return {
    texts,
    scores: texts.map((_, id) => -id),
    kinds: texts.map((_, id) => kindOf(id)),
  };
}

/** A vocabulary with more pieces at its end. */
export function extended(source: Source, ...more: readonly [string, number, number][]): Source {
  return {
    texts: [...source.texts, ...more.map(([text]) => text)],
    scores: [...source.scores, ...more.map(([, score]) => score)],
    kinds: [...source.kinds, ...more.map(([, , kind]) => kind)],
  };
}

function kindOf(id: number): number {
  if (id === 0) return UNKNOWN;
  if (id <= 2) return CONTROL;
  return id < 259 ? BYTE : NORMAL;
}

/** A `tokenizer.model`. Settings of the trainer and the normalizer by the number of their field. */
export function sentencePieceFile(
  { texts, scores, kinds }: Source,
  trainer: Record<number, number | string> = { 3: 2 },
  normalizer: Record<number, number | string> = { 1: "identity", 3: 1, 4: 0, 5: 1 },
): Uint8Array {
  const parts: number[] = [];
  for (const [id, text] of texts.entries()) {
    const score = new Uint8Array(Float32Array.of(scores[id] as number).buffer);
    push(parts, 1, [...bytesField(1, text), 0x15, ...score, 0x18, kinds[id] as number]);
  }
  for (const [field, settings] of [trainer, normalizer].entries()) {
    push(parts, field + 2, settingsMessage(settings));
  }
  return Uint8Array.from(parts);
}

function settingsMessage(settings: Record<number, number | string>): number[] {
  return Object.entries(settings).flatMap(([field, value]) =>
    typeof value === "string"
      ? bytesField(Number(field), value)
      : [...varint(Number(field) << 3), ...varint(value)],
  );
}

function push(parts: number[], field: number, content: number[]): void {
  parts.push(...varint((field << 3) | 2), ...varint(content.length), ...content);
}

function bytesField(field: number, text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
}

export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/** A value of a GGUF's metadata, with its type. */
export type GgufValue = readonly [type: number, value: unknown];

/** A GGUF without tensors. */
export function ggufFile(
  { texts, scores, kinds }: Source,
  more: Record<string, GgufValue> = {},
): Uint8Array {
  return ggufOf({
    "general.architecture": [8, "llama"],
    "general.sizes": [9, [4, [1, 2, 3]]],
    "tokenizer.ggml.model": [8, "llama"],
    "tokenizer.ggml.tokens": [9, [8, texts]],
    "tokenizer.ggml.scores": [9, [6, scores]],
    "tokenizer.ggml.token_type": [9, [5, kinds]],
    "tokenizer.ggml.bos_token_id": [4, 1],
    "tokenizer.ggml.eos_token_id": [4, 2],
    ...more,
  });
}

export function ggufOf(entries: Record<string, GgufValue>, version = 3): Uint8Array {
  const chunks = [new TextEncoder().encode("GGUF"), number(4, version), number(10, 0)];
  chunks.push(number(10, Object.keys(entries).length));
  for (const [key, [type, value]] of Object.entries(entries)) {
    chunks.push(...ggufText(key), number(4, type), ...ggufValue(type, value));
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function ggufValue(type: number, value: unknown): Uint8Array[] {
  if (type === 8) return ggufText(value as string);
  if (type !== 9) return [number(type, value as number)];
  const [itemType, items] = value as [number, unknown[]];
  return [
    number(4, itemType),
    number(10, items.length),
    ...items.flatMap((item) => ggufValue(itemType, item)),
  ];
}

function ggufText(text: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  return [number(10, bytes.length), bytes];
}

/** A number of one of GGUF's types. */
function number(type: number, value: number): Uint8Array {
  if (type === 7) return Uint8Array.of(value ? 1 : 0);
  if (type === 10) return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
  if (type === 6) return new Uint8Array(Float32Array.of(value).buffer);
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** The content of a `tokenizer.json`, with the merges in the order that Hugging Face's converter gives them. */
export function huggingFaceContent({ texts, scores, kinds }: Source) {
  const vocab = new Map(texts.map((text, id) => [text, id]));
  const merges: { left: string; right: string; score: number }[] = [];
  for (const [id, text] of texts.entries()) {
    if (kinds[id] !== NORMAL) continue;
    for (let cut = 1; cut < text.length; cut++) {
      const [left, right] = [text.slice(0, cut), text.slice(cut)];
      if (vocab.has(left) && vocab.has(right)) {
        merges.push({ left, right, score: scores[id] as number });
      }
    }
  }
  merges.sort((a, b) => b.score - a.score);
  return {
    version: "1.0",
    added_tokens: texts.slice(0, 3).map((content, id) => ({ id, content, special: true })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    } as unknown,
    pre_tokenizer: null as unknown,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      byte_fallback: true,
      vocab: Object.fromEntries(vocab) as Record<string, unknown>,
      merges: merges.map(({ left, right }) => `${left} ${right}`) as unknown[],
    } as Record<string, unknown>,
  };
}

/** What `tokenizer.json` has instead of normalizers in newer files. */
export const metaspace = {
  type: "Metaspace",
  replacement: "▁",
  prepend_scheme: "first",
  split: false,
};

export function jsonFile(content: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(content));
}
