/** A prompt to write into. */
export interface PromptTemplate {
  readonly name: string;
  readonly about: string;
  /** Puts a text where the template wants it. BOS is added by the server. */
  readonly wrap: (text: string) => string;
}

/** The formats of Llama 2's family, and others that its fine-tunes were trained on. */
export const PROMPT_TEMPLATES: readonly PromptTemplate[] = [
  {
    name: "Llama 2 Chat",
    about: "A question, as the chat models were trained on it.",
    wrap: (text) => `[INST] ${text.trim()} [/INST]`,
  },
  {
    name: "Llama 2 Chat, with system prompt",
    about: "A question after a system prompt.",
    wrap: (text) =>
      `[INST] <<SYS>>\nYou are a helpful assistant.\n<</SYS>>\n\n${text.trim()} [/INST]`,
  },
  {
    name: "Alpaca",
    about: "For fine-tunes on Stanford Alpaca's format.",
    wrap: (text) => `### Instruction:\n${text.trim()}\n\n### Response:\n`,
  },
  {
    name: "Vicuna",
    about: "For fine-tunes on Vicuna's format.",
    wrap: (text) => `USER: ${text.trim()}\nASSISTANT:`,
  },
  {
    name: "Guanaco",
    about: "For fine-tunes on OpenAssistant Guanaco's format.",
    wrap: (text) => `### Human: ${text.trim()}\n### Assistant:`,
  },
];
