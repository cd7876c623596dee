/** How long answers may go on when the server is told to end, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Waits for SIGTERM or Ctrl-C. The first one lets running answers come to their end, a second one ends them at once.
 *
 * @param close - ends the server
 */
export function endBySignal(close: (deadlineMs: number) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let deadlineMs = PATIENCE;
    const end = () => {
      close(deadlineMs).then(resolve, reject);
      deadlineMs = 0;
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
  });
}
