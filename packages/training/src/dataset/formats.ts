import {
  type AlpacaRecord,
  type ChatMessage,
  fromAlpaca,
  fromGuanaco,
  fromOpenAI,
  fromShareGPT,
  type OpenAIMessage,
  parseChat,
  type ShareGPTRecord,
} from "@llama2-kit/prompt";
import { UnusableRow } from "./unusable-row.ts";

/**
 * What a row looks like:
 * - `openai`: `{ messages: [{ role, content }] }`, or the messages alone
 * - `sharegpt`: `{ conversations: [{ from, value }] }`
 * - `alpaca`: `{ instruction, input, output }`
 * - `guanaco`: `{ text: "### Human: … ### Assistant: …" }`, or such text
 * - `llama2`: `{ text: "<s>[INST] … [/INST] … </s>" }`, or such text
 * - `text`: `{ text }`, or any text
 */
export type DatasetFormat = "openai" | "sharegpt" | "alpaca" | "guanaco" | "llama2" | "text";

/** A message of a conversation to learn from. */
export interface DatasetMessage extends ChatMessage {
  /** 0 for an answer that is not to be learned, as in OpenAI's files for fine-tuning. Default 1. */
  readonly weight?: 0 | 1 | undefined;
}

/** A row as its format has it, or the messages of a conversation alone. */
export type DatasetRow =
  | readonly (OpenAIMessage & Pick<DatasetMessage, "weight">)[]
  | { readonly messages: readonly (OpenAIMessage & Pick<DatasetMessage, "weight">)[] }
  | ShareGPTRecord
  | AlpacaRecord
  | { readonly text: string }
  | string;

/** All formats, by how to read a row of them into messages; of plain text there is only the text. */
const READERS: {
  readonly [Format in Exclude<DatasetFormat, "text">]: (row: unknown) => DatasetMessage[];
} = {
  openai: (row) => readOpenAI(Array.isArray(row) ? row : fieldOf(row, "messages")),
  sharegpt: (row) =>
    fromShareGPT((Array.isArray(row) ? { conversations: row } : row) as ShareGPTRecord),
  alpaca: (row) => fromAlpaca(row as AlpacaRecord),
  guanaco: (row) => fromGuanaco(textOf(row)),
  llama2: (row) => parseChat(textOf(row)),
};

export const DATASET_FORMATS: readonly DatasetFormat[] = [
  ...(Object.keys(READERS) as DatasetFormat[]),
  "text",
];

/**
 * Tells a row's format by its fields.
 *
 * @param row - a row
 * @returns the format, or undefined if it is none of ours
 */
export function detectFormat(row: unknown): DatasetFormat | undefined {
  if (typeof row === "string") return formatOfText(row);
  if (Array.isArray(row)) return formatOfMessages(row);
  if (Array.isArray(fieldOf(row, "messages"))) return "openai";
  const conversations = fieldOf(row, "conversations");
  if (Array.isArray(conversations)) return "sharegpt";
  if (fieldOf(row, "instruction") !== undefined) return "alpaca";
  const text = fieldOf(row, "text");
  return typeof text === "string" ? formatOfText(text) : undefined;
}

/** Tells the format of a text, or of its beginning. */
export function formatOfText(text: string): "guanaco" | "llama2" | "text" {
  if (/### (Human|Assistant):/.test(text)) return "guanaco";
  return /^\s*(<s>\s*)?\[INST\]/.test(text) ? "llama2" : "text";
}

function formatOfMessages(messages: readonly unknown[]): DatasetFormat | undefined {
  if (fieldOf(messages[0], "role") !== undefined) return "openai";
  return fieldOf(messages[0], "from") === undefined ? undefined : "sharegpt";
}

/**
 * @param row - a row
 * @param format - its format
 * @returns its messages, or its text if it is plain text
 * @throws {@link UnusableRow} or PromptError for a row that is not in the format
 */
export function readRow(row: unknown, format: DatasetFormat): DatasetMessage[] | string {
  return format === "text" ? textOf(row) : READERS[format](row);
}

/** Says what a row is, for one whose format nobody knows. */
export function unknownFormat(row: unknown): UnusableRow {
  const fields = typeof row === "object" && row !== null ? Object.keys(row).slice(0, 8) : [];
  const has = fields.length > 0 ? `It has ${fields.map((name) => `"${name}"`).join(", ")}` : "It";
  const wanted =
    '"messages" (openai), "conversations" (sharegpt), "instruction" (alpaca) or "text" (guanaco, llama2, text)';
  return new UnusableRow("UNKNOWN_FORMAT", `${has} and lacks ${wanted}.`);
}

/** The weights are read beside the messages, since a prompt has no place for them. */
function readOpenAI(messages: unknown): DatasetMessage[] {
  const read = fromOpenAI(messages as OpenAIMessage[]);
  return read.map((message, index) => {
    const weight = (messages as { weight?: unknown }[])[index]?.weight;
    return weight === 0 ? { ...message, weight } : message;
  });
}

function textOf(row: unknown): string {
  const text = typeof row === "string" ? row : fieldOf(row, "text");
  if (typeof text === "string") return text;
  throw new UnusableRow("UNKNOWN_FORMAT", 'It has no "text".');
}

function fieldOf(row: unknown, name: string): unknown {
  if (typeof row !== "object" || row === null) return undefined;
  return Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined;
}
