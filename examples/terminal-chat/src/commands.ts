import type { Conversation } from "./conversation.ts";
import { assignParameters, showParameters } from "./parameters.ts";
import { showPrompt } from "./show-prompt.ts";

export type CommandName =
  | "/help"
  | "/system"
  | "/reset"
  | "/retry"
  | "/params"
  | "/prompt"
  | "/quit";

/** The commands, with what follows them and what they do. */
const COMMANDS: Readonly<Record<CommandName, readonly [argument: string, about: string]>> = {
  "/help": ["", "show this list"],
  "/system": ["[text]", 'show the system prompt, or set it; "" removes it'],
  "/reset": ["", "forget the conversation; the system prompt stays"],
  "/retry": ["", "answer the last message again"],
  "/params": ["[name=value …]", "show the sampling parameters, or set some"],
  "/prompt": ["", "show the last prompt exactly as the model read it"],
  "/quit": ["", "leave (as does Ctrl-D)"],
};

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS) as CommandName[];

/** A command as it was typed. */
export interface Command {
  readonly name: CommandName;
  readonly argument: string;
}

/**
 * What a command comes to: `output` is what it was asked to show, `done` tells what it changed, and `retry` and
 * `quit` are for whoever runs the chat.
 */
export type CommandOutcome =
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "retry" }
  | { readonly kind: "quit" };

/**
 * Reads a line as a command.
 *
 * @returns undefined where it is none: `/system` is one, `/systems` and ` /system` are messages
 */
export function parseCommand(line: string): Command | undefined {
  const [word = "", argument = ""] = line.split(/\s(.*)/s);
  const name = COMMAND_NAMES.find((command) => command === word);
  return name && { name, argument: argument.trim() };
}

/**
 * Runs a command.
 *
 * @throws Error or InferenceError where what follows the command is wrong
 */
export async function runCommand(
  { name, argument }: Command,
  conversation: Conversation,
): Promise<CommandOutcome> {
  switch (name) {
    case "/help":
      return { kind: "output", text: describeCommands() };
    case "/system":
      return system(argument, conversation);
    case "/params":
      return params(argument, conversation);
    case "/prompt":
      return { kind: "output", text: prompt(conversation) };
    case "/reset":
      conversation.reset();
      return { kind: "done", text: "The conversation is forgotten." };
    case "/retry":
      return { kind: "retry" };
    case "/quit":
      return { kind: "quit" };
  }
}

function describeCommands(): string {
  const lines = COMMAND_NAMES.map((name) => {
    const [argument, about] = COMMANDS[name];
    return `${`${name} ${argument}`.padEnd(26)}${about}`;
  });
  return [
    ...lines,
    "",
    "Ctrl-C stops an answer. A message that begins with / needs a space in front.",
  ].join("\n");
}

async function system(text: string, conversation: Conversation): Promise<CommandOutcome> {
  if (text === "") {
    return { kind: "output", text: conversation.system ?? "There is no system prompt." };
  }
  const removed = text === '""';
  await conversation.setSystem(removed ? undefined : text);
  const what = removed ? "There is no system prompt" : "The system prompt counts";
  const rest = conversation.isEmpty ? "" : "; the conversation goes on";
  return { kind: "done", text: `${what} from now on${rest}.` };
}

async function params(assignments: string, conversation: Conversation): Promise<CommandOutcome> {
  if (assignments === "") {
    return { kind: "output", text: showParameters(conversation.parameters) };
  }
  await conversation.setParameters(assignParameters(conversation.parameters, assignments));
  return { kind: "done", text: showParameters(conversation.parameters) };
}

function prompt({ model, lastPrompt }: Conversation): string {
  return lastPrompt.length === 0 ? "Nothing was asked yet." : showPrompt(model, lastPrompt);
}
