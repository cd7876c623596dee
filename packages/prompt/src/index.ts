/**
 * Llama 2's chat prompt, exactly as the model was trained on it: messages in, text or ids out.
 *
 * @packageDocumentation
 */
export type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
export { type CompletionOptions, encodeCompletion } from "./completion.ts";
export { type AlpacaRecord, fromAlpaca, toAlpaca } from "./convert/alpaca.ts";
export { fromGuanaco, toGuanaco } from "./convert/guanaco.ts";
export {
  fromLangChain,
  type LangChainMessageLike,
  type LangChainTextMessage,
  toLangChain,
} from "./convert/langchain.ts";
export {
  fromOpenAI,
  type OpenAIMessage,
  type OpenAIRefusalPart,
  type OpenAITextMessage,
  toOpenAI,
} from "./convert/openai.ts";
export {
  fromShareGPT,
  type ShareGPTMessage,
  type ShareGPTRecord,
  toShareGPT,
} from "./convert/share-gpt.ts";
export type { ContentPart } from "./convert/text-parts.ts";
export {
  fromUIMessages,
  toUIMessages,
  type UIMessageLike,
  type UITextMessage,
} from "./convert/ui-messages.ts";
export { type ChatSpan, type EncodedChat, encodeChat } from "./encode.ts";
export { PromptError, type PromptErrorCode } from "./error.ts";
export { escapeTags, unescapeTags } from "./escape.ts";
export type { LintCode, LintFinding } from "./finding.ts";
export { type FittedChat, fitMessages } from "./fit.ts";
export type { FitOptions } from "./fit-options.ts";
export { formatChat } from "./format.ts";
export {
  CODE_LLAMA_INFILL_IDS,
  encodeInfill,
  type InfillIds,
  type InfillOptions,
} from "./infill.ts";
export { type LintOptions, type LintResult, lintPrompt } from "./lint.ts";
export {
  type GuardOptions,
  type GuardVerdict,
  llamaGuardMessages,
  parseLlamaGuard,
} from "./llama-guard.ts";
export { type GuardCategory, LLAMA_GUARD_CATEGORIES } from "./llama-guard-categories.ts";
export type { EncodeOptions, FormatOptions } from "./options.ts";
export { type ParseOptions, parseChat } from "./parse.ts";
export type { TextTokenizer } from "./plain-text.ts";
export { type ChatSegment, chatSegments } from "./segments.ts";
export { META_DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";
export {
  ChatTranscript,
  type TranscriptJson,
  type TranscriptMessage,
  type TranscriptOptions,
} from "./transcript.ts";
