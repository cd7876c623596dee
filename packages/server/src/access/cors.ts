import { badOption } from "../error.ts";

/** Which web pages may use the server: those of some origins, or of all (`"*"`). */
export type CorsOrigins = "*" | readonly string[];

/** What clients look at beside the usual. */
const EXPOSED = "x-request-id, retry-after";

const TOKENS = /^[\w!#$%&'*+.^`|~-]+(?: *, *[\w!#$%&'*+.^`|~-]+)*$/;
const LONGEST_LIST = 4096;

/** A day. Browsers take less where they know better. */
const MAX_AGE = "86400";

/** Says which web pages may read the answers. Without origins, none may, and browsers see to that. */
export class Cors {
  readonly #origins: ReadonlySet<string> | "*" | undefined;

  /** @throws ServerError `BAD_OPTION` */
  constructor(origins: CorsOrigins | undefined) {
    this.#origins = readOrigins(origins);
  }

  /** Whether a request asks what may be asked, instead of asking it. */
  isPreflight({ method, headers }: Request): boolean {
    return (
      method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method")
    );
  }

  /** Adds what a browser needs to hand an answer on to the page. */
  addTo(headers: Headers, request: Request): void {
    if (this.#origins === undefined) return;
    if (this.#origins !== "*") headers.append("vary", "origin");
    const origin = request.headers.get("origin");
    if (origin === null || !this.#isAllowed(origin)) return;
    headers.set("access-control-allow-origin", this.#origins === "*" ? "*" : origin);
    headers.set("access-control-expose-headers", EXPOSED);
  }

  /**
   * Adds what may be asked. Any header may be sent: the origin is what is trusted, and clients send ever new ones, such as
   * `x-stainless-*` of OpenAI's.
   */
  answerPreflight(headers: Headers, request: Request): void {
    if (!headers.has("access-control-allow-origin")) return;
    headers.set("access-control-allow-methods", "GET, POST");
    headers.set("access-control-max-age", MAX_AGE);
    const asked = request.headers.get("access-control-request-headers") ?? "";
    if (asked.length <= LONGEST_LIST && TOKENS.test(asked)) {
      headers.set("access-control-allow-headers", asked);
    }
    if (request.headers.get("access-control-request-private-network") === "true") {
      headers.set("access-control-allow-private-network", "true");
    }
  }

  #isAllowed(origin: string): boolean {
    return this.#origins === "*" || (this.#origins?.has(origin) ?? false);
  }
}

function readOrigins(origins: CorsOrigins | undefined): ReadonlySet<string> | "*" | undefined {
  if (origins === undefined || origins === "*") return origins;
  if (!Array.isArray(origins)) throw badOption("cors", origins, '"*" or an array of origins');
  for (const origin of origins) {
    if (isOrigin(origin)) continue;
    throw badOption("cors", origin, 'of origins such as "https://example.com", without a path');
  }
  return new Set(origins);
}

function isOrigin(origin: unknown): boolean {
  if (typeof origin !== "string" || !/^[a-z][a-z\d+.-]*:\/\/[^/]+$/.test(origin)) return false;
  // Of schemes that it does not know, such as those of apps, it says "null".
  return !URL.canParse(origin) ? false : [origin, "null"].includes(new URL(origin).origin);
}
