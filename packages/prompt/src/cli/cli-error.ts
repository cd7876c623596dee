/** A mistake in how the command was called: its message is for the person who called it. */
export class CliError extends Error {
  override readonly name = "CliError";
}
