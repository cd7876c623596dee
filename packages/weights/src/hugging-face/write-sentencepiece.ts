import { TOKEN_TYPES, type TokenizerData } from "./tokenizer-data.ts";

/**
 * Makes SentencePiece's `tokenizer.model` of a tokenizer, with the settings of Llama 2's.
 *
 * Source: google/sentencepiece, `src/sentencepiece_model.proto`.
 */
export function toSentencePiece({
  tokens,
  scores,
  types,
  ids,
  addsSpace,
}: TokenizerData): Uint8Array {
  const pieces = tokens.map((text, id) => {
    const type = types[id] ?? TOKEN_TYPES.normal;
    return bytesField(1, [
      bytesField(1, [Buffer.from(text)]),
      floatField(2, scores[id] ?? 0),
      ...(type === TOKEN_TYPES.normal ? [] : [varintField(3, type)]),
    ]);
  });
  const name = (id: number | undefined, usual: string) =>
    Buffer.from((id === undefined ? undefined : tokens[id]) ?? usual);
  // Of the trainer's settings only those that change how a text is encoded; field numbers as in the source.
  const trainer = bytesField(2, [
    varintField(3, 2), // model_type: BPE
    varintField(4, tokens.length), // vocab_size
    varintField(24, 0), // treat_whitespace_as_suffix
    varintField(35, 1), // byte_fallback
    bytesField(45, [name(ids.unk, "<unk>")]),
    bytesField(46, [name(ids.bos, "<s>")]),
    bytesField(47, [name(ids.eos, "</s>")]),
  ]);
  const normalizer = bytesField(3, [
    bytesField(1, [Buffer.from("identity")]),
    varintField(3, addsSpace === false ? 0 : 1), // add_dummy_prefix
    varintField(4, 0), // remove_extra_whitespaces
    varintField(5, 1), // escape_whitespaces
  ]);
  return Buffer.concat([...pieces, trainer, normalizer]);
}

function bytesField(field: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(field * 8 + 5), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
