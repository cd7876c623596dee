import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

let child: ChildProcess;
let url: string;
beforeAll(async () => {
  const main = fileURLToPath(new URL("../main.mjs", import.meta.url));
  child = spawn(process.execPath, [main], { env: { ...process.env, PORT: "0", UPSTREAM: "" } });
  url = await new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.on("data", (data) => {
      text += data;
      const [found] = /http:\S+\/ask/.exec(text) ?? [];
      if (found) resolve(found);
    });
    child.once("close", () => reject(new Error(text)));
  });
});
afterAll(() => child.kill("SIGKILL"));

const ask = (body: unknown) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("an answer to the backend's own prompt is streamed on, in OpenAI's form", async () => {
  const response = await ask({ question: "My name is Mia." });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events = (await response.text()).split("\n\n").filter(Boolean);
  expect(events.length).toBeGreaterThan(4);
  expect(events.at(-1)).toBe("data: [DONE]");
  const deltas = events
    .slice(0, -1)
    .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta?.content ?? "");
  expect(deltas.join("")).toContain("MIA");
});

test("what is no question is refused", async () => {
  for (const body of [{}, { question: 7 }, { question: "x".repeat(2000) }, []]) {
    expect((await ask(body)).status).toBe(400);
  }
});

test("it ends by Ctrl-C", async () => {
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});
