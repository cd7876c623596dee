/**
 * Llama 2's chat prompt, exactly as the model was trained on it: messages in, text or ids out.
 *
 * @packageDocumentation
 */
export type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
export { type ChatSpan, type EncodedChat, encodeChat } from "./encode.ts";
export { PromptError, type PromptErrorCode } from "./error.ts";
export { formatChat } from "./format.ts";
export type { EncodeOptions, FormatOptions } from "./options.ts";
export type { TextTokenizer } from "./plain-text.ts";
export { type ChatSegment, chatSegments } from "./segments.ts";
