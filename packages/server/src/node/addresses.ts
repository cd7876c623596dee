import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/**
 * Whether only this machine can reach an address to listen on.
 *
 * @param host - as `serve` takes it
 *
 * @example
 * ```ts
 * const apiKeys = isLoopback(host) ? undefined : process.env.API_KEY;
 * ```
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name === "::1") return true;
  return /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name);
}

/** Whether an address stands for all of this machine's. */
export function isEveryAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** An address with a port, as a URL. */
export function toUrl(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/**
 * URLs under which other machines can reach an address that is listened on: none where only this machine can.
 *
 * @param host - as `serve` takes it; `0.0.0.0` and `::` stand for all addresses of this machine
 *
 * @example
 * ```ts
 * publicUrls("0.0.0.0", 8080); // ["http://192.168.1.20:8080"]
 * ```
 */
export function publicUrls(host: string, port: number): string[] {
  if (!isEveryAddress(host)) return isLoopback(host) ? [] : [toUrl(host, port)];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && (family === "IPv4" || host === "::"))
    .filter(({ address }) => !address.startsWith("fe80:"))
    .map(({ address }) => toUrl(address, port));
}
