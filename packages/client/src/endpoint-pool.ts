import { conversationKey } from "./conversation-key.ts";
import type { Conversation, Endpoint, Endpoints } from "./endpoint.ts";
import { EndpointHealth } from "./endpoint-health.ts";

/** Conversations whose endpoint is remembered. The one that was heard of least lately is forgotten first. */
const REMEMBERED_CONVERSATIONS = 4096;

/** A conversation leaves its endpoint where that has more than so many times the requests of the least busy one, and so many. */
const BUSY = 2;

/**
 * Chooses among endpoints: for a new conversation the less busy one of two at random, which spreads load nearly as well
 * as knowing all of them (Mitzenmacher 2001); for a conversation that goes on the one it was on, which has its prompt in
 * the cache.
 */
export class EndpointPool implements Endpoints {
  readonly host: string;
  readonly #health: ReadonlyMap<Endpoint, EndpointHealth>;
  readonly #first: Endpoint;
  readonly #homes = new Map<string, Endpoint>();

  constructor(endpoints: readonly [Endpoint, ...Endpoint[]]) {
    this.#first = endpoints[0];
    this.host = this.#first.host;
    this.#health = new Map(endpoints.map((endpoint) => [endpoint, new EndpointHealth()]));
  }

  hasOther(tried: ReadonlySet<Endpoint>): boolean {
    return this.#usable().some((endpoint) => !tried.has(endpoint));
  }

  /** Where all endpoints seem to be down, any of them is tried. */
  take(conversation: Conversation | undefined, tried: ReadonlySet<Endpoint>): Endpoint {
    const key = conversation && conversationKey(conversation);
    const chosen = this.#choose(key, tried);
    this.#health.get(chosen)?.take(performance.now());
    if (key !== undefined) this.#remember(key, chosen);
    return chosen;
  }

  release(endpoint: Endpoint, failure?: unknown, isAborted?: boolean): void {
    this.#health.get(endpoint)?.release(performance.now(), failure, isAborted);
  }

  #choose(key: string | undefined, tried: ReadonlySet<Endpoint>): Endpoint {
    const all = [...this.#health.keys()];
    const usable = this.#usable().filter((endpoint) => !tried.has(endpoint));
    const untried = all.filter((endpoint) => !tried.has(endpoint));
    const choice = [usable, untried, all].find(({ length }) => length > 0) ?? all;
    const home = key === undefined ? undefined : this.#homes.get(key);
    if (home && choice.includes(home) && !this.#isBusy(home, choice)) return home;
    return this.#lessBusyOfTwo(choice);
  }

  #lessBusyOfTwo(choice: readonly Endpoint[]): Endpoint {
    const at = Math.floor(Math.random() * choice.length);
    // Another one, where there is one.
    const other = (at + 1 + Math.floor(Math.random() * (choice.length - 1))) % choice.length;
    const [one = this.#first, two = one] = [choice[at], choice[other]];
    return this.#outstanding(two) < this.#outstanding(one) ? two : one;
  }

  #isBusy(home: Endpoint, choice: readonly Endpoint[]): boolean {
    const least = Math.min(...choice.map((endpoint) => this.#outstanding(endpoint)));
    return this.#outstanding(home) > BUSY * least + BUSY;
  }

  #outstanding(endpoint: Endpoint): number {
    return this.#health.get(endpoint)?.outstanding ?? 0;
  }

  #usable(): Endpoint[] {
    const now = performance.now();
    const entries = [...this.#health].filter(([, health]) => health.isUsable(now));
    return entries.map(([endpoint]) => endpoint);
  }

  #remember(key: string, endpoint: Endpoint): void {
    this.#homes.delete(key);
    this.#homes.set(key, endpoint);
    if (this.#homes.size <= REMEMBERED_CONVERSATIONS) return;
    for (const oldest of this.#homes.keys()) {
      this.#homes.delete(oldest);
      return;
    }
  }
}
