import type { EventEmitter } from "node:events";

/**
 * Whoever reads the output may stop early, as `head` does: that is no failure of ours.
 *
 * @param output - what the result is written to
 * @param exit - ends the program
 */
export function stopAtClosedPipe(output: EventEmitter, exit: () => void): void {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    exit();
  });
}
