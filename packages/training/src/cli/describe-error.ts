import { Llama2KitError } from "@llama2-kit/protocol";
import { TrainingError } from "../error.ts";

/** An error for the person who typed the command: options have the names that they have there. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForPeople = Llama2KitError.isInstance(error) || "code" in error;
  if (!isForPeople) return error.stack ?? error.message;
  const { parameter } = TrainingError.isInstance(error) ? error : { parameter: undefined };
  if (parameter === undefined || !error.message.startsWith(`${parameter} must`)) {
    return error.message;
  }
  return `${flagOf(parameter)}${error.message.slice(parameter.length)}`;
}

/** The flag of an option: `--learning-rate` of `learningRate`. */
function flagOf(parameter: string): string {
  return `--${parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(".", "-")}`;
}
