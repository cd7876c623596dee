import { publicUrls, type RunningServer } from "@llama2-kit/server/node";

/** What the person at the terminal is told once the server listens. */
export function announce(
  { url, host, port }: RunningServer,
  { key, isNewKey }: { readonly key: string | undefined; readonly isNewKey: boolean },
): string {
  // What is behind the # stays in the browser.
  const withKey = (address: string) =>
    key === undefined ? address : `${address}/#key=${encodeURIComponent(key)}`;
  const lines = [`The web chat is at ${withKey(url)}`];
  const reachable = publicUrls(host, port);
  if (reachable.length > 0) {
    lines.push(
      "Other machines of your network reach it at:",
      ...reachable.map((address) => `  ${withKey(address)}`),
      "Whoever has this address can use the model, and have others loaded from this machine or the web.",
      "It is not encrypted: share it in a network that you trust.",
    );
  }
  if (isNewKey) lines.push("The key is new at every start. --api-key keeps one.");
  return `${lines.join("\n")}\n`;
}
