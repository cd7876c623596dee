import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What to send, for how long. */
export interface Storm {
  readonly url: string;
  readonly port: number;
  /** Names that the model repeats when somebody introduces himself. */
  readonly names: readonly string[];
  readonly clients: number;
  readonly milliseconds: number;
  readonly seed: number;
}

/** What came of it. */
export interface StormReport {
  /** How many requests came to what. */
  readonly counts: Readonly<Record<string, number>>;
  /** What should not have come, in words. */
  readonly failures: readonly string[];
}

/** Many clients that ask, read slowly, leave at any moment, and send what is wrong, all at once. */
export async function rage(storm: Storm): Promise<StormReport> {
  const state = new StormState(storm);
  await Promise.all(Array.from({ length: storm.clients }, (_, index) => state.runClient(index)));
  return { counts: state.counts, failures: state.failures };
}

type Random = () => number;

class StormState {
  readonly counts: Record<string, number> = {};
  readonly failures: string[] = [];
  readonly #storm: Storm;
  readonly #end: number;

  constructor(storm: Storm) {
    this.#storm = storm;
    this.#end = performance.now() + storm.milliseconds;
  }

  async runClient(index: number): Promise<void> {
    const random = mulberry32(this.#storm.seed + index);
    const deeds = [
      () => this.#askWhole(random),
      () => this.#askWhole(random),
      () => this.#askStream(random, 0),
      () => this.#askStream(random, 0),
      () => this.#askStream(random, 30),
      () => this.#leave(random),
      () => this.#leave(random),
      () => this.#cutConnection(random),
      () => this.#sendWrong(random),
    ];
    while (performance.now() < this.#end) {
      const deed = deeds[Math.floor(random() * deeds.length)];
      try {
        await deed?.();
      } catch (error) {
        this.#fail(`${(error as Error).message} ${String((error as Error).cause ?? "")}`);
      }
      await sleep(random() * 50);
    }
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #fail(what: string): void {
    this.#count("failed");
    if (this.failures.length < 20) this.failures.push(what);
  }

  #question(random: Random): { name: string; body: object } {
    const name = this.#storm.names[Math.floor(random() * this.#storm.names.length)] ?? "";
    const messages = [{ role: "user", content: `My name is ${name}.` }];
    return { name, body: { model: "cria", messages, temperature: 0, max_tokens: 40 } };
  }

  #post(body: object | string, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.#storm.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...(signal && { signal }),
    });
  }

  /** Whether an answer is one, and not a clean refusal. */
  async #isServed(answer: Response): Promise<boolean> {
    if (answer.status === 200) return true;
    const text = await answer.text();
    const isClean =
      [429, 503].includes(answer.status) &&
      answer.headers.has("retry-after") &&
      typeof JSON.parse(text).error.code === "string";
    if (isClean) this.#count(`refused with ${answer.status}`);
    else this.#fail(`${answer.status} ${text}`);
    return false;
  }

  async #askWhole(random: Random): Promise<void> {
    const { name, body } = this.#question(random);
    const answer = await this.#post(body);
    if (!(await this.#isServed(answer))) return;
    this.#judge(name, (await answer.json()).choices[0].message.content, "whole");
  }

  async #askStream(random: Random, pauseMs: number): Promise<void> {
    const { name, body } = this.#question(random);
    const answer = await this.#post({ ...body, stream: true });
    if (!(await this.#isServed(answer)) || !answer.body) return;
    let text = "";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
      if (pauseMs > 0) await sleep(random() * pauseMs);
    }
    const events = text.split("\n\n").filter((event) => event.startsWith("data: {"));
    const chunks = events.map((event) => JSON.parse(event.slice(6)));
    const failed = chunks.find(({ error }) => error);
    if (failed) this.#fail(JSON.stringify(failed));
    else if (!text.endsWith("data: [DONE]\n\n")) this.#fail("a stream without its end");
    else {
      const said = chunks.map(({ choices }) => choices[0].delta.content ?? "").join("");
      this.#judge(name, said, pauseMs > 0 ? "slow stream" : "stream");
    }
  }

  #judge(name: string, said: string, kind: string): void {
    if (said.includes(name)) this.#count(kind);
    else this.#fail(`${name} was answered: ${said}`);
  }

  /** Leaves at any moment: before the answer, or within it. */
  async #leave(random: Random): Promise<void> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), random() * 150);
    try {
      const { body } = this.#question(random);
      const answer = await this.#post({ ...body, stream: random() < 0.7, n: 2 }, controller.signal);
      await answer.text();
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    } finally {
      clearTimeout(timer);
      this.#count("left");
    }
  }

  /** Sends a part of a request, or all of it, and is gone without a word. */
  async #cutConnection(random: Random): Promise<void> {
    const socket = connect(this.#storm.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    const body = JSON.stringify({ ...this.#question(random).body, stream: true });
    const request = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    socket.write(request.slice(0, Math.ceil(random() * 1.5 * request.length)));
    await sleep(random() * 60);
    socket.resetAndDestroy();
    this.#count("cut");
  }

  async #sendWrong(random: Random): Promise<void> {
    const wrong: readonly (readonly [number, object | string])[] = [
      [400, "{"],
      [400, { messages: [{ role: "user" }] }],
      [404, { ...this.#question(random).body, model: "gpt-4" }],
      [413, "x".repeat(1_100_000)],
      [400, { ...this.#question(random).body, temperature: -1 }],
    ];
    const [status, body] = wrong[Math.floor(random() * wrong.length)] ?? [0, ""];
    const answer = await this.#post(body);
    await answer.text();
    if (answer.status === status) this.#count(`wrong, so ${status}`);
    else if ([429, 503].includes(answer.status)) this.#count(`refused with ${answer.status}`);
    else this.#fail(`${answer.status} where ${status} is due`);
  }
}

/** Random numbers from 0 to 1, the same for the same seed. Source: Tommy Ettinger's Mulberry32. */
function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
