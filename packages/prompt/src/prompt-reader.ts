import type { ChatMessage } from "@llama2-kit/protocol";
import type { LintCode, LintFinding } from "./finding.ts";
import type { Lexeme } from "./lexemes.ts";
import {
  joinParagraphs,
  type Reading,
  readMessage,
  readSpace,
  readSystem,
  readUserAfterSystem,
} from "./message-text.ts";
import { strip, stripEnd, stripStart } from "./python-strip.ts";
import {
  BEGIN_INSTRUCTION,
  BEGIN_SYSTEM,
  BOS_TEXT,
  END_INSTRUCTION,
  END_SYSTEM,
  EOS_TEXT,
} from "./tags.ts";

/** What a prompt says, and what is wrong with how it says it. */
export interface ReadPrompt {
  /** In an order that the format allows. */
  readonly messages: ChatMessage[];
  /** In the order of the prompt. */
  readonly findings: LintFinding[];
  /** Whether the prompt begins with BOS. */
  readonly bos: boolean;
  /** Whether the last message is an answer that is complete. */
  readonly closed: boolean;
}

/**
 * Reads the messages out of a prompt, even out of a malformed one: it notes what is wrong, takes the likeliest
 * reading, and goes on.
 */
export class PromptReader {
  readonly #lexemes: readonly Lexeme[];
  readonly #findings: LintFinding[] = [];
  readonly #messages: ChatMessage[] = [];
  /** Where nothing comes any more but BOS and white space. */
  readonly #tail: number;
  #position = 0;
  #system: string | undefined;
  /** Text outside of all turns, which the next turn takes up. */
  #stray = "";
  #strayOffset = 0;
  #closed = false;

  /** @param lexemes - the prompt's pieces */
  constructor(lexemes: readonly Lexeme[]) {
    this.#lexemes = lexemes;
    this.#tail =
      lexemes.findLastIndex((lexeme) => lexeme.kind !== BOS_TEXT && !isBlank(lexeme)) + 1;
  }

  /** Reads it all; to be called once. */
  read(): ReadPrompt {
    const bos = this.#kind === BOS_TEXT;
    while (this.#readBoundary()) {
      this.#readInstruction();
      this.#readAnswer();
    }
    if (this.#stray !== "" || this.#messages.length === 0) this.#readBareText();
    if (this.#system !== undefined) {
      this.#messages.unshift({ role: "system", content: this.#system });
    }
    const findings = this.#findings.sort((a, b) => a.offset - b.offset);
    return { messages: this.#messages, findings, bos, closed: this.#closed };
  }

  /** What comes before a turn, up to its `[INST]`. Returns false where there is no further turn. */
  #readBoundary(): boolean {
    let bos: Lexeme | undefined;
    while (this.#kind !== BEGIN_INSTRUCTION && this.#kind !== "end") {
      if (this.#kind === BEGIN_SYSTEM) {
        this.#note("SYS_OUTSIDE_INST", "<<SYS>> is due behind the first [INST] and a space.");
        this.#readSystem();
        continue;
      }
      const lexeme = this.#take();
      if (lexeme.kind === "text") this.#readOutside(lexeme);
      else if (lexeme.kind !== BOS_TEXT) this.#unexpected(lexeme);
      else if (bos) this.#note("DOUBLE_BOS", "A turn begins with one <s>.", lexeme);
      else bos = lexeme;
    }
    const begins = this.#kind !== "end";
    if (this.#messages.length > 0) this.#checkBos(bos, begins);
    return begins;
  }

  #checkBos(bos: Lexeme | undefined, begins: boolean): void {
    if (bos && !begins) this.#unexpected(bos);
    if (!bos && begins) this.#note("MISSING_BOS", "A turn begins without <s>.");
  }

  #readOutside(lexeme: Lexeme): void {
    const text = strip(lexeme.text);
    if (text === "") {
      this.#note(
        "EXTRA_SPACE",
        "White space between </s>, <s> and [INST], which have none.",
        lexeme,
      );
    } else {
      this.#note("TEXT_OUTSIDE_INST", "Text outside of [INST] and [/INST].", lexeme);
      if (this.#stray === "") this.#strayOffset = lexeme.offset;
      this.#stray = joinParagraphs(this.#stray, text);
    }
  }

  /** From `[INST]` to `[/INST]`: the user's message, and the system's before it. */
  #readInstruction(): void {
    const begin = this.#take();
    const first = this.#messages.length === 0;
    const stray = this.#takeStray();
    if (first && stray !== "") this.#system = joinParagraphs(this.#system ?? "", stray);

    let text = this.#skipDoubled(this.#takeText());
    const hasSystem = first && this.#kind === BEGIN_SYSTEM && isBlank(text);
    if (hasSystem) {
      this.#keep(readSpace(text, BEGIN_INSTRUCTION));
      this.#readSystem();
      text = this.#skipDoubled(this.#takeText());
    }
    text = { ...text, text: text.text + this.#readMisplaced() };

    const { content } = this.#keep(
      hasSystem ? readUserAfterSystem(text) : readMessage(text, END_INSTRUCTION),
    );
    this.#messages.push({
      role: "user",
      content: first ? content : joinParagraphs(stray, content),
    });
    if (this.#kind === END_INSTRUCTION) this.#take();
    else this.#note("MISSING_END_INST", "This [INST] has no [/INST].", begin);
  }

  /** An `[INST]` behind another, with no word between them, begins no second message. */
  #skipDoubled(gap: Lexeme): Lexeme {
    let text = gap;
    while (this.#kind === BEGIN_INSTRUCTION && isBlank(text)) {
      this.#unexpected(this.#take());
      const next = this.#takeText();
      const rest = stripStart(next.text);
      // The white space before it is what the format asks for, where there is some.
      const offset = next.offset + next.text.length - rest.length - text.text.length;
      text = text.text === "" ? next : { ...next, text: text.text + rest, offset };
    }
    return text;
  }

  /** From `[/INST]` to the next turn or the end. */
  #readAnswer(): void {
    const text = this.#takeText();
    let said = text.text;
    let hasTags = false;
    while (
      (this.#position >= this.#tail && this.#kind === BOS_TEXT) ||
      this.#kind === END_INSTRUCTION ||
      this.#kind === BEGIN_SYSTEM ||
      this.#kind === END_SYSTEM
    ) {
      this.#unexpected(this.#take());
      hasTags = true;
      said += this.#takeText().text;
    }
    this.#closed = this.#kind !== "end";
    // With the tag behind it gone, a `</s>` stands where EOS does.
    if (hasTags && !this.#closed && stripEnd(said).endsWith(EOS_TEXT)) {
      said = stripEnd(said).slice(0, -EOS_TEXT.length);
      this.#closed = true;
    }
    const { content } = this.#keep(
      readMessage({ ...text, text: said }, this.#closed ? EOS_TEXT : "end"),
    );
    if (this.#closed || content !== "") this.#messages.push({ role: "assistant", content });
    if (this.#kind === EOS_TEXT) this.#take();
    else if (this.#closed && this.#kind !== "end") {
      this.#note("MISSING_EOS", "An answer ends without </s>.");
    }
    while (this.#kind === EOS_TEXT) {
      this.#note("DOUBLE_EOS", "An answer ends with one </s>.", this.#take());
    }
  }

  /** A system message where one can be meant for the whole conversation. */
  #readSystem(): void {
    const content = this.#keep(readSystem(this.#takeSystemText())).content;
    this.#system = this.#system === undefined ? content : joinParagraphs(this.#system, content);
  }

  /** Tags of the system message amid a user's words, and the text behind them. */
  #readMisplaced(): string {
    let text = "";
    while (this.#kind === BEGIN_SYSTEM || this.#kind === END_SYSTEM) {
      if (this.#kind === END_SYSTEM) {
        this.#unexpected(this.#take());
      } else {
        this.#note("MISPLACED_SYS", "<<SYS>> is due behind the first [INST], and nowhere else.");
        text = joinParagraphs(text, strip(this.#takeSystemText().text));
      }
      text += this.#takeText().text;
    }
    return text;
  }

  /** Text at the end that no `[INST]` follows. */
  #readBareText(): void {
    const message = "No [INST] and [/INST] around what the model is to answer.";
    this.#note("MISSING_INST", message, { offset: this.#strayOffset });
    this.#messages.push({ role: "user", content: this.#takeStray() });
    this.#closed = false;
  }

  get #kind(): Lexeme["kind"] | "end" {
    return this.#lexemes[this.#position]?.kind ?? "end";
  }

  #take(): Lexeme {
    return this.#lexemes[this.#position++] as Lexeme;
  }

  /** The text that comes next; an empty one where a mark does. */
  #takeText(): Lexeme {
    if (this.#kind === "text") return this.#take();
    return { kind: "text", text: "", offset: this.#offset };
  }

  #takeSystemText(): Lexeme {
    const begin = this.#take();
    const text = this.#takeText();
    if (this.#kind === END_SYSTEM) this.#take();
    else this.#note("MISSING_END_SYS", "This <<SYS>> has no <</SYS>>.", begin);
    return text;
  }

  #takeStray(): string {
    const stray = this.#stray;
    this.#stray = "";
    return stray;
  }

  get #offset(): number {
    const last = this.#lexemes.at(-1);
    const end = last ? last.offset + last.text.length : 0;
    return this.#lexemes[this.#position]?.offset ?? end;
  }

  #unexpected(lexeme: Lexeme): void {
    this.#note("UNEXPECTED_TAG", `${lexeme.text} has no place here.`, lexeme);
  }

  #note(code: LintCode, message: string, at: { offset: number } = { offset: this.#offset }): void {
    this.#findings.push({ code, message, offset: at.offset });
  }

  #keep(reading: Reading): Reading {
    this.#findings.push(...reading.findings);
    return reading;
  }
}

function isBlank({ kind, text }: Lexeme): boolean {
  return kind === "text" && strip(text) === "";
}
