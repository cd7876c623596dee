import { ClientError } from "./error.ts";

/** A server's address. */
export class Endpoint {
  readonly #base: URL;

  /**
   * @param base - as OpenAI's clients take it. One without a path gets `/v1`, which is where servers have OpenAI's protocol.
   * @throws TypeError where it is no address; ClientError `BAD_PARAMETER` where it has a user name, which no `fetch` takes
   */
  constructor(base: string) {
    // In a browser, a path of the page's own server will do.
    this.#base = new URL(base, globalThis.location?.href);
    const { username, password } = this.#base;
    if (username || password) {
      // Not even the name is shown: some put a key there.
      throw new ClientError("BAD_PARAMETER", "baseUrl must have no user name: use headers.", {
        parameter: "baseUrl",
      });
    }
    if (this.#base.pathname === "/") this.#base.pathname = "/v1";
  }

  /** The host, for messages and for names. */
  get host(): string {
    return this.#base.host;
  }

  /** The address of a path: from the server's root where it begins with `/`, else from the base. */
  url(path: string): string {
    const url = new URL(this.#base);
    const [name = "", query] = path.split("?");
    const base = url.pathname.replace(/\/+$/, "");
    url.pathname = name.startsWith("/") ? base.replace(/\/v\d+$/, "") + name : `${base}/${name}`;
    if (query) url.search = query;
    return url.href;
  }
}

/** Where requests go. */
export interface Endpoints {
  /** The first endpoint's host. */
  readonly host: string;
  /** Chooses an endpoint for a request. `tried`: those that have failed it. */
  take(conversation: Conversation | undefined, tried: ReadonlySet<Endpoint>): Endpoint;
  /** Whether there is one that was not tried, and is worth it. */
  hasOther(tried: ReadonlySet<Endpoint>): boolean;
  /** A request to it has ended, perhaps with a failure. `isAborted`: by the caller, which tells nothing of the endpoint. */
  release(endpoint: Endpoint, failure?: unknown, isAborted?: boolean): void;
}

/** What a request is about, to tell whether it goes on with an earlier one. */
export interface Conversation {
  readonly messages?: readonly { readonly role: string; readonly content: string }[] | undefined;
  readonly prompt?: string | readonly number[] | undefined;
}

/** The one address there is: no choice, and no use in leaving it alone when it fails. */
export function oneEndpoint(endpoint: Endpoint): Endpoints {
  return { host: endpoint.host, take: () => endpoint, hasOther: () => false, release() {} };
}
