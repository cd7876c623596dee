import type { ChatMessage, ChatOptions, Embeddings } from "@llama2-kit/protocol";
import type { Answer } from "./answer.ts";
import type { StopFilter } from "./answer-text.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Settings } from "./settings.ts";

/** What a server that {@link Client.models} asks has. */
export interface ModelInfo {
  /** The name to ask for it by. */
  readonly id: string;
  /** Tokens that prompt and answer may have together; absent where the server does not tell. */
  readonly contextSize?: number;
}

/** A request, but for the server's address. */
export interface WireRequest {
  /** From the server's root where it begins with `/`, else from `baseUrl`. */
  readonly path: string;
  /** Sent as JSON by POST; without a body the request is a GET. */
  readonly body?: Fields;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** A question whose answer is JSON. */
export interface JsonRoute<Input, Output> {
  /** Writes the request. `model`: the name to ask for, where there is one. */
  write(input: Input, model: string | undefined): WireRequest;
  /** Reads the answer; throws anything where it is not of the expected form. */
  read(json: unknown): Output;
}

/** The names of the options that a dialect writes. */
export type OptionName = Exclude<keyof ChatOptions, "signal">;

/**
 * How a dialect writes each option: under another name, or by a function that makes the fields. An option that is not in
 * the table is one that the servers cannot do.
 */
export type OptionTable = {
  readonly [Name in OptionName]?: string | ((value: NonNullable<ChatOptions[Name]>) => Fields);
};

/** What JSON's objects are made of. */
export type Fields = Readonly<Record<string, unknown>>;

/** The options of a request. */
export interface RequestOptions {
  /** The model to ask for, where one is named. */
  readonly model: string | undefined;
  /** Writes the options by a table. What the table has not is refused, or left out with a warning. */
  write(table: OptionTable): Fields;
}

/** A generation to ask an endpoint for. */
export interface StreamRequest {
  readonly settings: Settings;
  readonly dialect: Dialect;
  readonly endpoint: Endpoint;
  readonly request: WireRequest;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What finds events in bytes. */
export interface ByteParser {
  /** Takes the next bytes, and tells of the events that are complete with them. */
  push(bytes: Uint8Array): void;
  /** The stream has ended. Returns the data of an unfinished event, where there is one. */
  end(): string | undefined;
}

/** Reads events that are like earlier ones without parsing them. */
export interface FastPath {
  /** As `skim` of an `SseHandler`. */
  skim(text: string, start: number): number;
  /** Learns from an event that held nothing but text. `data` is its JSON, and `text` what was read from it. */
  learn(data: string, text: string): void;
}

/** How a kind of server is talked to. */
export interface Dialect {
  /** For messages to people. */
  readonly name: string;
  /** Finds the lines of JSON that its streams are made of, where they are no server-sent events. */
  parseLines?(onLine: (line: string) => void): ByteParser;
  /** Writes the request that answers a conversation. */
  chat(messages: readonly ChatMessage[], request: RequestOptions): WireRequest;
  /** Writes the request that continues a prompt. */
  complete(prompt: string | readonly number[], request: RequestOptions): WireRequest;
  /** Reads an event. Returns the text of one that held text and nothing else. */
  read(event: Fields, answer: Answer): string | undefined;
  /** Makes a shorter way to read the events that `read` returns a text for, where many of those differ in it alone. */
  fastPath?(onText: (text: string) => void): FastPath;
  /** The HTTP statuses of the types of error that its streams name without one. */
  readonly statuses?: Readonly<Record<string, number>>;
  /** Keeps stop strings out of the text, where the servers do not. */
  stopFilter?(stop: readonly string[]): StopFilter;
  /** Opens a stream that can be taken up again, where the servers can do so for this request. */
  resume?(stream: StreamRequest, answer: Answer): Promise<Response> | undefined;
  readonly models?: JsonRoute<undefined, ModelInfo[]>;
  readonly embed?: JsonRoute<readonly string[], Embeddings>;
  readonly tokenize?: JsonRoute<string, number[]>;
  readonly detokenize?: JsonRoute<readonly number[], string>;
  readonly formatPrompt?: JsonRoute<readonly ChatMessage[], string>;
}
