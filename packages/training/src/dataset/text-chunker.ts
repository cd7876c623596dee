import { encodeCompletion, type TextTokenizer } from "@llama2-kit/prompt";

/** A part of a plain text, about as long as a sequence. */
export class TextChunk {
  /** Line in which it begins. */
  readonly line: number;
  readonly text: string;
  /** Whether the text ends with it. */
  readonly ends: boolean;

  constructor(line: number, text: string, ends: boolean) {
    this.line = line;
    this.text = text;
    this.ends = ends;
  }
}

/** A paragraph ends here at the latest, so that a text without empty lines does not fill the memory. */
const LONGEST_PARAGRAPH = 32_768;

/**
 * Gathers a text's paragraphs into chunks: as many as fit into a sequence, and a longer one by itself.
 *
 * What paragraphs have together is estimated by what each has alone, as encoding them together again and again
 * would take a multiple of the time. Where that is too low by a token, the chunk makes one more example.
 */
export class TextChunker {
  readonly #tokenizer: TextTokenizer;
  readonly #room: number;
  #paragraph = "";
  #paragraphLine = 1;
  /** Whether an empty line has come behind the paragraph's text. */
  #complete = false;
  #chunk = "";
  #chunkLine = 1;
  #tokens = 0;

  /**
   * @param tokenizer - counts
   * @param sequenceLength - tokens that a chunk has at most, BOS and EOS included
   */
  constructor(tokenizer: TextTokenizer, sequenceLength: number) {
    this.#tokenizer = tokenizer;
    this.#room = sequenceLength - 2;
  }

  /**
   * @param line - the line's number
   * @param text - the line, without its newline
   * @returns chunks that are complete
   */
  *add(line: number, text: string): Generator<TextChunk> {
    const blank = text.trim() === "";
    if (blank && this.#paragraph === "") return;
    if (!blank && (this.#complete || this.#paragraph.length > LONGEST_PARAGRAPH)) {
      yield* this.#endParagraph();
    }
    if (this.#paragraph === "") this.#paragraphLine = line;
    this.#paragraph += `${text}\n`;
    this.#complete = blank;
  }

  /** @returns what is left; the next line begins another text */
  *end(): Generator<TextChunk> {
    yield* this.#endParagraph();
    if (this.#chunk !== "") yield this.#takeChunk(true);
  }

  *#endParagraph(): Generator<TextChunk> {
    if (this.#paragraph === "") return;
    const tokens = encodeCompletion(this.#paragraph, this.#tokenizer, { bos: false }).length;
    if (this.#chunk !== "" && this.#tokens + tokens > this.#room) yield this.#takeChunk(false);
    if (this.#chunk === "") this.#chunkLine = this.#paragraphLine;
    this.#chunk += this.#paragraph;
    this.#tokens += tokens;
    this.#paragraph = "";
    this.#complete = false;
  }

  #takeChunk(ends: boolean): TextChunk {
    const chunk = new TextChunk(this.#chunkLine, this.#chunk.trimEnd(), ends);
    this.#chunk = "";
    this.#tokens = 0;
    return chunk;
  }
}

/** Cuts a whole text into chunks. */
export function* chunkText(text: string, chunker: TextChunker): Generator<TextChunk> {
  for (const [index, line] of text.split("\n").entries()) {
    yield* chunker.add(index + 1, line.endsWith("\r") ? line.slice(0, -1) : line);
  }
  yield* chunker.end();
}
