import { META_DEFAULT_SYSTEM_PROMPT } from "@llama2-kit/prompt";

/** A system prompt to begin with. */
export interface SystemTemplate {
  readonly name: string;
  readonly text: string;
}

/** System prompts to choose from, most of them to be changed. */
export const SYSTEM_TEMPLATES: readonly SystemTemplate[] = [
  { name: "None", text: "" },
  { name: "Assistant", text: "You are a helpful assistant." },
  {
    name: "Brief",
    text: "Answer in as few words as possible. Leave out greetings, repetitions and offers to help further.",
  },
  {
    name: "Teacher",
    text: "You are a patient teacher. Explain one step at a time with an everyday example, and end with a short question that shows whether it was understood.",
  },
  {
    name: "Editor",
    text: "You correct and improve texts. Answer with the improved text first, then list the changes that matter, each with its reason.",
  },
  {
    name: "JSON only",
    text: "Answer with one JSON object and nothing else: no introduction, no explanation, no code fence.",
  },
  { name: "Pirate", text: "You are Finn, a pirate." },
  { name: "Meta's default", text: META_DEFAULT_SYSTEM_PROMPT },
];
