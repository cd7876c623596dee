import type { ChatMessage } from "@llama2-kit/protocol";
import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";
import { unescapeTags } from "./escape.ts";
import { isStructural } from "./finding.ts";
import { type Lexeme, lexPrompt, lexSegment } from "./lexemes.ts";
import { invalidOption } from "./options.ts";
import { PromptReader } from "./prompt-reader.ts";
import { requireOptions } from "./require-options.ts";
import type { ChatSegment } from "./segments.ts";
import { BOS_TEXT, EOS_TEXT } from "./tags.ts";

/** How to read a prompt. Every field is optional, but ids need `decode`. */
export interface ParseOptions {
  /** The text of some ids, none of which is BOS or EOS. */
  readonly decode?: ((ids: number[]) => string) | undefined;
  /** `escape` undoes what `formatChat` did to tags in messages under the same option. Default: messages as they are. */
  readonly specialTags?: "escape" | undefined;
  /** Id of the token that begins each exchange. Default 1, Llama 2's. */
  readonly bosId?: number | undefined;
  /** Id of the token that ends each answer. Default 2, Llama 2's. */
  readonly eosId?: number | undefined;
}

/**
 * Reads the messages out of a prompt: the inverse of `formatChat`, `chatSegments` and `encodeChat`.
 *
 * It takes tags, BOS and EOS strictly, and white space around messages as it comes, since the format strips
 * messages anyway: an answer that the model sampled has other spaces than one that was laid out. In ids nothing is
 * ambiguous; in a text a message that ends in `</s>` may be.
 *
 * @param prompt - the prompt as text, as segments or as ids
 * @param options - see {@link ParseOptions}
 * @returns the messages, stripped as the format strips them. An answer at the end counts as one, complete or not.
 * @throws {@link PromptError} with code `MALFORMED_PROMPT` and the `offset` of what is wrong (in the text, or among
 *   the segments or ids), or `INVALID_OPTION`
 *
 * @example
 * ```ts
 * parseChat("<s>[INST] Hi [/INST] Hello! </s><s>[INST] Bye [/INST]");
 * // [
 * //   { role: "user", content: "Hi" },
 * //   { role: "assistant", content: "Hello!" },
 * //   { role: "user", content: "Bye" },
 * // ]
 *
 * // model: a LlamaModel of node-llama-cpp
 * parseChat(ids, { decode: (ids) => model.detokenize(ids) });
 * ```
 */
export function parseChat(
  prompt: string | readonly ChatSegment[] | ArrayLike<number>,
  options: ParseOptions = {},
): ChatMessage[] {
  requireOptions(options);
  const { messages, findings } = new PromptReader(lex(prompt, options)).read();
  const wrong = findings.find(isStructural);
  if (wrong) {
    throw new PromptError(
      "MALFORMED_PROMPT",
      `At ${wrong.offset}: ${wrong.message} lintPrompt tells all that is wrong with a prompt's text.`,
      { offset: wrong.offset },
    );
  }
  if (options.specialTags === undefined) return messages;
  if (options.specialTags !== "escape") {
    throw invalidOption("specialTags", options.specialTags, '"escape", or leave it out');
  }
  return messages.map(({ role, content }) => ({ role, content: unescapeTags(content) }));
}

function lex(
  prompt: string | readonly ChatSegment[] | ArrayLike<number>,
  options: ParseOptions,
): Lexeme[] {
  if (typeof prompt === "string") return lexPrompt(prompt);
  // Not whatever has a length: one that is made up would have us make room for it.
  if (!Array.isArray(prompt) && !(ArrayBuffer.isView(prompt) && "length" in prompt)) {
    throw invalidOption("prompt", prompt, "a text, segments or ids");
  }
  return isSegments(prompt) ? lexSegments(prompt) : lexIds(prompt, options);
}

function isSegments(
  prompt: readonly ChatSegment[] | ArrayLike<number>,
): prompt is readonly ChatSegment[] {
  return prompt.length === 0 || typeof prompt[0] === "object";
}

function lexSegments(segments: readonly ChatSegment[]): Lexeme[] {
  // Array.from, as flatMap alone passes over holes.
  return Array.from(segments).flatMap((segment: ChatSegment | undefined, offset): Lexeme[] => {
    if (typeof segment !== "object" || segment === null) {
      throw invalidOption(`prompt[${offset}]`, segment, "segments as chatSegments returns them");
    }
    const { text, bos, eos } = segment;
    if (typeof text !== "string") {
      throw invalidOption(`prompt[${offset}].text`, text, "segments as chatSegments returns them");
    }
    return [
      ...(bos ? [{ kind: BOS_TEXT, text: "", offset } as const] : []),
      ...lexSegment(text, offset),
      ...(eos ? [{ kind: EOS_TEXT, text: "", offset } as const] : []),
    ];
  });
}

function lexIds(ids: ArrayLike<number>, options: ParseOptions): Lexeme[] {
  const { decode, bosId = 1, eosId = 2 } = options;
  if (typeof decode !== "function") {
    throw invalidOption("decode", decode, "a function that returns the text of ids");
  }
  const lexemes: Lexeme[] = [];
  let run: number[] = [];
  const flush = (end: number) => {
    if (run.length === 0) return;
    const text = decode(run);
    if (typeof text !== "string") {
      throw new PromptError("INVALID_OPTION", `decode() returned ${describe(text)}: return text.`);
    }
    // One by one: a call takes some 100,000 arguments at most.
    for (const lexeme of lexSegment(text, end - run.length)) lexemes.push(lexeme);
    run = [];
  };
  for (const [index, id] of Array.from(ids).entries()) {
    if (!Number.isInteger(id)) throw invalidOption(`prompt[${index}]`, id, "ids");
    if (id !== bosId && id !== eosId) {
      run.push(id);
      continue;
    }
    flush(index);
    lexemes.push({ kind: id === bosId ? BOS_TEXT : EOS_TEXT, text: "", offset: index });
  }
  flush(ids.length);
  return lexemes;
}
