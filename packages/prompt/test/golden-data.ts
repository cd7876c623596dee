import { readFileSync } from "node:fs";
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

export function readJson<Content>(file: URL): Content {
  return JSON.parse(readFileSync(file, "utf8")) as Content;
}

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
