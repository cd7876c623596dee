import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { useCria, useServer } from "./cria.ts";
import { rage } from "./storm.ts";

// For two minutes with 200 clients: STORM_SECONDS=120 STORM_CLIENTS=200 npx vitest run packages/server/test/storm.test.ts
const { STORM_SECONDS: seconds = "4", STORM_CLIENTS: clients = "40" } = process.env;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const cria = useCria({ sequences: 8, maxQueue: 24 });
const server = useServer(() => [cria()]);

/** Of more names than these, Cria does not get every one right. */
const CANDIDATES = ["Zoe", "Tom", "Anna", "Max", "Mia", "Ben", "Lily", "Sam", "Lucy", "Jack"];

async function knownNames(): Promise<string[]> {
  const known: string[] = [];
  for (const name of CANDIDATES) {
    const messages = [{ role: "user" as const, content: `My name is ${name}.` }];
    if ((await cria().chat(messages, { temperature: 0 }).text()).includes(name)) known.push(name);
  }
  return known;
}

function heapMegabytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

test("a storm of clients leaves no wrong answer, nothing running and no memory behind", async () => {
  const names = await knownNames();
  expect(names.length).toBeGreaterThan(4);
  const { url, port } = server();
  const storm = { url, port, names, clients: Number(clients) };
  const half = Number(seconds) * 500;
  const first = await rage({ ...storm, milliseconds: half, seed: 1 });
  await expect
    .poll(() => cria().load, { timeout: 30_000 })
    .toMatchObject({ running: 0, waiting: 0 });
  const before = heapMegabytes();
  const second = await rage({ ...storm, milliseconds: half, seed: 1_000_000 });
  await expect
    .poll(() => cria().load, { timeout: 30_000 })
    .toMatchObject({ running: 0, waiting: 0 });
  const after = heapMegabytes();

  expect([...first.failures, ...second.failures]).toEqual([]);
  for (const what of ["whole", "stream", "slow stream", "left", "cut"]) {
    expect(first.counts[what], what).toBeGreaterThan(0);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain("llama2_kit_requests_in_flight 0\n");
  // One request a megabyte would be far more.
  expect(after - before).toBeLessThan(20);

  const began = performance.now();
  const messages = [{ role: "user", content: `My name is ${names[0]}.` }];
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ messages, temperature: 0 });
  const calm = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
  expect((await calm.json()).choices[0].message.content).toContain(names[0]);
  if (Number(seconds) > 10) {
    const calmMs = Math.round(performance.now() - began);
    const heap = `${before.toFixed(1)} MB before the second half, ${after.toFixed(1)} MB after it`;
    process.stdout.write(
      `${JSON.stringify({ first: first.counts, second: second.counts, heap, calmMs })}\n`,
    );
  }
}, 400_000);
