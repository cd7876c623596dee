import { badOption, ServerError } from "../error.ts";

/** Keys that open the server: one, several, or a function that knows them. */
export type ApiKeys = string | readonly string[] | ((key: string) => boolean | Promise<boolean>);

/** What a header can carry, so that a key cannot fail to match for its spelling. */
const KEY = /^[\x21-\x7e]+$/;

const encoder = new TextEncoder();

/** Lets requests through that have a key. */
export class Authentication {
  /** Whether a key is needed at all. */
  readonly isRequired: boolean;
  readonly #isKnown: (key: string) => boolean | Promise<boolean>;

  /** @throws ServerError `BAD_OPTION` */
  constructor(apiKeys: ApiKeys | undefined) {
    this.isRequired = apiKeys !== undefined;
    this.#isKnown = typeof apiKeys === "function" ? apiKeys : compareWith(readKeys(apiKeys));
  }

  /** @throws ServerError `UNAUTHORIZED` */
  async check(request: Request): Promise<void> {
    if (!this.isRequired) return;
    const key = keyOf(request.headers);
    if (key === undefined) {
      const message = 'No API key was sent. Send it as "authorization: Bearer <key>".';
      throw new ServerError("UNAUTHORIZED", message);
    }
    if ((await this.#isKnown(key)) !== true) {
      throw new ServerError("UNAUTHORIZED", "The API key is wrong.");
    }
  }
}

/**
 * Makes the check of keys that the handler does, for routes of your own.
 *
 * @param apiKeys - as in the handler's options; undefined lets everybody in
 * @returns rejects with a ServerError `UNAUTHORIZED` where a request has no right key
 * @throws ServerError `BAD_OPTION`
 *
 * @example
 * ```ts
 * const checkKey = createKeyCheck(process.env.API_KEY);
 * await checkKey(request);
 * ```
 */
export function createKeyCheck(apiKeys: ApiKeys | undefined): (request: Request) => Promise<void> {
  const authentication = new Authentication(apiKeys);
  return (request) => authentication.check(request);
}

/** As OpenAI's clients send it; without `Bearer`, as Meta's notebook for Azure does; and as Azure's newer clients do. */
function keyOf(headers: Headers): string | undefined {
  const authorization = headers
    .get("authorization")
    ?.replace(/^bearer(?: +|$)/i, "")
    .trim();
  return authorization || headers.get("api-key") || undefined;
}

function readKeys(apiKeys: string | readonly string[] | undefined): readonly string[] {
  if (apiKeys === undefined) return [];
  const keys: unknown = typeof apiKeys === "string" ? [apiKeys] : apiKeys;
  const isRight = (key: unknown) => typeof key === "string" && KEY.test(key);
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isRight)) return keys;
  // The value is a secret, so it is not told.
  throw badOption("apiKeys", "(not shown)", "keys of printable ASCII characters without spaces");
}

/**
 * Compares in a time that tells nothing of the keys: what is compared are digests, which cannot be guessed byte by byte, and
 * always all of them in full.
 */
function compareWith(keys: readonly string[]): (key: string) => Promise<boolean> {
  const digests = Promise.all(keys.map(digest));
  digests.catch(() => {});
  return async (key) => {
    const given = await digest(key);
    let isKnown = false;
    for (const known of await digests) if (isEqual(given, known)) isKnown = true;
    return isKnown;
  };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}
