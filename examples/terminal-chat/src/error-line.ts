import { Llama2KitError } from "@llama2-kit/protocol";

/** What the libraries say to programmers, in the words of this program's options. */
const IN_OUR_TERMS: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/gpu: "auto"/, "--gpu auto"],
  [/gpu: false/, "--gpu off"],
  [/a smaller contextSize/, "a smaller --context-size"],
  [/Use complete\(\).*$/s, "Choose a Llama 2 Chat model."],
];

/**
 * Puts an error into one line for the person at the keyboard.
 *
 * @param error - whatever was thrown
 * @param prefix - what comes before an option's name: nothing where it was set with `/params`
 */
export function errorLine(error: unknown, prefix = "--"): string {
  return `error: ${explain(error, prefix)
    .trim()
    .replaceAll(/\s*\n\s*/g, " ")}`;
}

function explain(error: unknown, prefix: string): string {
  if (!(error instanceof Error)) return String(error);
  if (!Llama2KitError.isInstance(error)) return error.message || error.name;
  if (error.code === "SPECIAL_TAG_IN_CONTENT") {
    return "Neither a message nor the system prompt may have [INST], [/INST], <<SYS>> or <</SYS>> in it: Llama 2 would take these for the marks between messages.";
  }
  const { parameter } = error as { parameter?: string };
  const message = parameter
    ? error.message.replace(parameter, prefix + inKebabCase(parameter))
    : error.message;
  return IN_OUR_TERMS.reduce((text, [theirs, ours]) => text.replace(theirs, ours), message);
}

function inKebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
