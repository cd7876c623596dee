import { encodeCompletion } from "@llama2-kit/prompt";
import type { EncodedExample } from "./encode-conversation.ts";
import type { ResolvedDatasetOptions } from "./options.ts";
import type { TextChunk } from "./text-chunker.ts";

const BOS = 1;
const EOS = 2;

/**
 * Encodes a part of a plain text, in which everything is learned. A paragraph that is longer than a sequence goes on
 * in the next one, id for id.
 *
 * @param chunk - a part of a text. EOS follows where the text ends.
 * @param options - see `DatasetOptions`
 * @returns examples, which begin with BOS as all that a model ever reads
 */
export function* encodeText(
  { text, ends }: TextChunk,
  { tokenizer, sequenceLength }: ResolvedDatasetOptions,
): Generator<EncodedExample> {
  const ids = encodeCompletion(text, tokenizer, { bos: false });
  const all = new Int32Array(ids.length + (ends ? 1 : 0)).fill(EOS);
  all.set(ids);
  const room = sequenceLength - 1;
  for (let start = 0; start < all.length; start += room) {
    const part = all.subarray(start, start + room);
    // EOS behind BOS would teach that a text may end before it begins.
    if (part.length === 1 && part[0] === EOS) return;
    const example = new Int32Array(part.length + 1);
    example[0] = BOS;
    example.set(part, 1);
    yield { ids: example, spans: [[1, example.length]] };
  }
}
