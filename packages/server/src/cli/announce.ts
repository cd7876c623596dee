import { publicUrls } from "../node/addresses.ts";
import type { RunningServer } from "../node/index.ts";
import type { CliOptions } from "./options.ts";

/** What a person is told once the server listens. */
export function announce({ url, host, port }: RunningServer, options: CliOptions): string {
  const needsKey = options.apiKeys.length > 0;
  const lines = [`Listening on ${url} (OpenAI's API under ${url}/v1)`];
  const reachable = publicUrls(host, port);
  if (reachable.length > 0) {
    lines.push(
      needsKey
        ? "Other machines reach it, with a key, at:"
        : "EVERYBODY who can reach this machine can use it, without a key, at:",
      ...reachable.map((address) => `  ${address}`),
    );
  }
  if (reachable.length > 0 && !needsKey) {
    lines.push(
      "They can have text generated, at the expense of this machine's processors, and read the counts under /metrics.",
      "What others ask, they cannot read. It is not encrypted. To ask for a key: --api-key.",
    );
  }
  return `${lines.join("\n")}\n`;
}
