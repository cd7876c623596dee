import type { Endpoint } from "./endpoint.ts";

/** Conversations whose endpoint is remembered. The one that was heard of least lately is forgotten first. */
const REMEMBERED_CONVERSATIONS = 4096;

/** A conversation leaves its endpoint where that has so many times the requests of the least busy one, and one more. */
const BUSY = 2;

/**
 * Chooses among endpoints: for a new conversation the less busy one of two at random, which spreads load nearly as well
 * as knowing all of them; for a conversation that goes on the one it was on, which has its prompt in the cache.
 */
export class EndpointPool {
  readonly #endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly #homes = new Map<string, Endpoint>();

  constructor(endpoints: readonly [Endpoint, ...Endpoint[]]) {
    this.#endpoints = endpoints;
  }

  /** The first endpoint's host. */
  get host(): string {
    return this.#endpoints[0].host;
  }

  /** Whether there is a choice, and so a reason to tell conversations apart. */
  get hasSeveral(): boolean {
    return this.#endpoints.length > 1;
  }

  /** Whether one of the endpoints can be used that were not tried. */
  hasOther(tried: ReadonlySet<Endpoint>): boolean {
    const now = performance.now();
    return this.#endpoints.some((endpoint) => !tried.has(endpoint) && endpoint.isUsable(now));
  }

  /** Chooses an endpoint for a request, and counts it as its. Where all are said to be down, any of them is tried. */
  take(conversation: string | undefined, tried: ReadonlySet<Endpoint>): Endpoint {
    const chosen = this.#choose(conversation, tried);
    chosen.take();
    if (conversation !== undefined) this.#remember(conversation, chosen);
    return chosen;
  }

  #choose(conversation: string | undefined, tried: ReadonlySet<Endpoint>): Endpoint {
    if (!this.hasSeveral) return this.#endpoints[0];
    const now = performance.now();
    const untried = this.#endpoints.filter((endpoint) => !tried.has(endpoint));
    const usable = untried.filter((endpoint) => endpoint.isUsable(now));
    const choice = [usable, untried, this.#endpoints].find(({ length }) => length > 0) ?? [];
    const home = conversation === undefined ? undefined : this.#homes.get(conversation);
    if (home && choice.includes(home) && !this.#isBusy(home, choice)) return home;
    return lessBusy(pickRandom(choice), pickRandom(choice)) ?? this.#endpoints[0];
  }

  #isBusy(home: Endpoint, choice: readonly Endpoint[]): boolean {
    const least = Math.min(...choice.map(({ outstanding }) => outstanding));
    return home.outstanding > BUSY * least + BUSY;
  }

  #remember(conversation: string, endpoint: Endpoint): void {
    this.#homes.delete(conversation);
    this.#homes.set(conversation, endpoint);
    if (this.#homes.size <= REMEMBERED_CONVERSATIONS) return;
    for (const oldest of this.#homes.keys()) {
      this.#homes.delete(oldest);
      return;
    }
  }
}

function pickRandom(endpoints: readonly Endpoint[]): Endpoint | undefined {
  return endpoints[Math.floor(Math.random() * endpoints.length)];
}

function lessBusy(one: Endpoint | undefined, other: Endpoint | undefined): Endpoint | undefined {
  return one && other && other.outstanding < one.outstanding ? other : one;
}
