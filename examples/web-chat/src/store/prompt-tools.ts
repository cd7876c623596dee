// What is seldom needed of @llama2-kit/prompt, loaded when it is.
export {
  formatChat,
  fromShareGPT,
  META_DEFAULT_SYSTEM_PROMPT,
  toShareGPT,
} from "@llama2-kit/prompt";
