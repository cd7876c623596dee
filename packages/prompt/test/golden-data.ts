import { existsSync, readFileSync } from "node:fs";
import { type ChatMessage, type ChatSegment, PromptError } from "../src/index.ts";

/** A conversation, and the prompt that the reference makes of it. */
export interface GoldenPrompt {
  readonly name: string;
  readonly messages: ChatMessage[];
  readonly text: string;
  readonly segments: ChatSegment[];
  readonly ids: number[];
}

/** `fixtures/chat-golden.json`, which its README describes. */
export interface Golden {
  readonly strippedCodePoints: number[];
  readonly prompts: GoldenPrompt[];
  readonly prefills: GoldenPrompt[];
  readonly tags: (GoldenPrompt & { messageIndex: number })[];
  readonly refusals: {
    name: string;
    messages: ChatMessage[];
    code: string;
    messageIndex: number | null;
  }[];
}

export const golden: Golden = readJson(new URL("fixtures/chat-golden.json", import.meta.url));

function readJson<Content>(file: URL): Content {
  return JSON.parse(readFileSync(file, "utf8")) as Content;
}

/** A conversation, and what was recorded when Meta's code, and Hugging Face's template, got it. */
export interface RecordedCase {
  readonly id: string;
  readonly messages: ChatMessage[];
  readonly meta: Pick<GoldenPrompt, "text" | "ids" | "segments">;
  readonly hf: { readonly text: string | null };
  readonly must: { readonly throws?: string; readonly throws_by_default?: string };
  readonly prefill?: Pick<GoldenPrompt, "text" | "ids">;
}

// Recorded from Meta's code itself, and too large to commit: it lies beside the checkout, where there is one.
const recordedFile = new URL(
  "../../../../shared/data/prompt/llama2-chat-golden.json",
  import.meta.url,
);
export const hasRecorded: boolean = existsSync(recordedFile);
export const recorded: RecordedCase[] = hasRecorded
  ? readJson<{ cases: RecordedCase[] }>(recordedFile).cases
  : [];

/** The `PromptError` that a function throws. Anything else it does fails the test. */
export function promptErrorOf(act: () => unknown): PromptError {
  let outcome: unknown;
  try {
    outcome = act();
  } catch (error) {
    if (PromptError.isInstance(error)) return error;
    throw error;
  }
  throw new Error(`expected a PromptError, got ${JSON.stringify(outcome)}`);
}
