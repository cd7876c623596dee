import type { ChatMessage } from "@llama2-kit/protocol";
import { checkMessage, checkTag, refusal } from "./check-conversation.ts";
import { commonPrefixLength } from "./common-prefix.ts";
import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";
import { GrowingIds } from "./growing-ids.ts";
import { type EncodeOptions, type Resolved, resolveEncodeOptions } from "./options.ts";
import type { TextTokenizer } from "./plain-text.ts";
import { checkAnswerIds, encodeOneTurn } from "./transcript-ids.ts";

/** How a transcript is encoded. All but the tokenizer are optional. */
export interface TranscriptOptions extends Pick<EncodeOptions, "specialTags" | "bosId" | "eosId"> {
  /** Encodes plain text, as for `encodeChat`. */
  readonly tokenizer: TextTokenizer;
}

/** A message of a transcript. An answer that is kept verbatim has the ids that the model sampled, without EOS. */
export interface TranscriptMessage extends ChatMessage {
  readonly ids?: readonly number[];
}

/** A transcript as JSON. */
export interface TranscriptJson {
  readonly version: 1;
  readonly messages: readonly TranscriptMessage[];
}

/**
 * A conversation that grows, and its ids, which grow with it: those of one turn are a prefix of those of the
 * next, so an engine evaluates what is new and keeps its KV cache for the rest. Adding a turn costs what it is long,
 * however long the conversation is.
 *
 * Each answer is kept in one of two ways:
 * - canonical, by its text alone: its ids are those that Meta's code and `encodeChat` make of it. They differ a
 *   little from the sampled ones, so the cache serves up to this answer.
 * - verbatim, by its text and the ids that the model sampled: the cache serves for the answer as well.
 *
 * @example
 * ```ts
 * const transcript = new ChatTranscript({ tokenizer });
 * transcript.append({ role: "user", content: "Hi" });
 * const prompt = transcript.encode();
 * const { text, ids } = await generate(prompt); // by an engine of yours
 * transcript.append({ role: "assistant", content: text }, ids); // without ids: canonical
 * transcript.append({ role: "user", content: "Bye" });
 * transcript.encode(); // begins with `prompt`, then `ids`
 * ```
 */
export class ChatTranscript {
  readonly #tokenizer: TextTokenizer;
  readonly #options: Resolved<EncodeOptions>;
  readonly #messages: TranscriptMessage[] = [];
  readonly #ids = new GrowingIds();
  /** Where the newest turn begins: among the ids, and among the messages. */
  #turn = { ids: 0, messages: 0 };

  /**
   * @param options - see {@link TranscriptOptions}
   * @throws {@link PromptError} with code `INVALID_OPTION`
   */
  constructor(options: TranscriptOptions) {
    this.#options = resolveEncodeOptions(options);
    this.#tokenizer = options.tokenizer;
  }

  /** The messages so far. */
  get messages(): readonly TranscriptMessage[] {
    return this.#messages;
  }

  /**
   * Adds the next message.
   *
   * @param message - from the system (first), the user, or the assistant (a complete answer)
   * @param ids - the ids that the model sampled for this answer, with or without EOS, to keep it verbatim
   * @returns this transcript
   * @throws {@link PromptError} if it is not this message's turn, if it holds one of the format's tags, or if the
   *   ids cannot be an answer's. The transcript then stays as it was.
   */
  append(message: ChatMessage, ids?: ArrayLike<number>): this {
    const index = this.#messages.length;
    checkMessage(message, index);
    checkTurn(message, this.#messages.at(-1), index);
    if (this.#options.specialTags === "error") checkTag(message, index);
    const { role, content } = message;
    if (ids !== undefined) {
      const sampled = checkAnswerIds(ids, role, this.#options, index);
      this.#ids.push([...sampled, this.#options.eosId]);
      this.#messages.push({ role, content, ids: sampled });
    } else {
      if (role === "user") this.#append({ role, content }, this.#beginTurn());
      else if (role === "assistant") this.#append({ role, content }, this.#turn);
      else this.#messages.push({ role, content });
    }
    return this;
  }

  /**
   * The ids of all messages so far. Where the user spoke last they end where the model's answer begins.
   *
   * @returns a view that turns to come leave as it is, so that a turn costs the same however long the conversation
   *   is. It is for reading: `slice()` it before you write to it, or hand its buffer to a worker.
   * @throws {@link PromptError} with code `EMPTY_CONVERSATION` or `SYSTEM_ONLY` if the user has said nothing yet
   */
  encode(): Int32Array {
    if (this.#ids.length > 0) return this.#ids.view();
    throw new PromptError(
      this.#messages.length === 0 ? "EMPTY_CONVERSATION" : "SYSTEM_ONLY",
      "The transcript has no message from the user yet: append one.",
    );
  }

  /**
   * How many ids this transcript has in common with others, from the beginning: what a cache of them is good for.
   *
   * @param ids - the ids of another prompt, or those in an engine's cache
   * @returns a number of ids
   */
  commonPrefix(ids: ArrayLike<number>): number {
    return commonPrefixLength(this.#ids.view(), ids);
  }

  /**
   * A second transcript with the messages so far, to try another answer or question.
   *
   * @returns an independent transcript
   */
  fork(): ChatTranscript {
    const fork = new ChatTranscript({ ...this.#options, tokenizer: this.#tokenizer });
    // One by one, because there may be more messages than a call may have arguments.
    for (const message of this.#messages) fork.#messages.push(message);
    fork.#ids.push(this.#ids.view());
    fork.#turn = this.#turn;
    return fork;
  }

  /**
   * The messages and sampled ids, without the tokenizer and the options. `JSON.stringify` calls it.
   *
   * @returns what {@link ChatTranscript.fromJSON} takes
   */
  toJSON(): TranscriptJson {
    return { version: 1, messages: [...this.#messages] };
  }

  /**
   * A transcript that was saved.
   *
   * @param json - what `toJSON` returned, or what `JSON.parse` made of it
   * @param options - as for the constructor, and the same as then, or the ids will be others
   * @returns a transcript with the same messages
   * @throws {@link PromptError} if the JSON is not a transcript's
   */
  static fromJSON(json: TranscriptJson, options: TranscriptOptions): ChatTranscript {
    if (json?.version !== 1 || !Array.isArray(json.messages)) {
      const got = describe(json);
      throw new PromptError("INVALID_OPTION", `json is ${got}: pass what toJSON() returned.`);
    }
    const transcript = new ChatTranscript(options);
    for (const [index, saved] of json.messages.entries()) {
      checkMessage(saved, index);
      const { ids, ...message } = saved;
      transcript.append(message, ids);
    }
    return transcript;
  }

  /** Adds a message and the ids of the turn that it is part of. If encoding throws, nothing has changed. */
  #append(message: TranscriptMessage, turn: { ids: number; messages: number }): void {
    const said = [...this.#messages.slice(turn.messages), message];
    const ids = encodeOneTurn(said, this.#tokenizer, this.#options);
    const known = this.#ids.view().subarray(turn.ids);
    const prefix = commonPrefixLength(known, ids);
    // In Llama 2's vocabulary the question's ids stay when the answer is added; another one may join across.
    if (prefix < known.length) this.#ids.cut(turn.ids + prefix);
    this.#ids.push(ids.slice(prefix));
    this.#messages.push(message);
    this.#turn = turn;
  }

  #beginTurn(): { ids: number; messages: number } {
    const withSystem = this.#messages.length === 1;
    return { ids: this.#ids.length, messages: withSystem ? 0 : this.#messages.length };
  }
}

function checkTurn({ role }: ChatMessage, before: ChatMessage | undefined, index: number): void {
  const due = !before ? '"system" or "user"' : before.role === "user" ? '"assistant"' : '"user"';
  if (due.includes(`"${role}"`)) return;
  const code = role === "system" ? "MISPLACED_SYSTEM" : "ROLES_MUST_ALTERNATE";
  throw refusal(code, index, `.role is "${role}" where ${due} is due.`);
}
