import { expect, test } from "vitest";
import { type ClientOptions, createClient } from "../src/index.ts";
import { type Recorded, type Reply, record, refusal } from "./recorder.ts";

const messages = [{ role: "user", content: "hi" }] as const;
const PIECES = [" Llamas", " hum", " 🦙", " é"];
const EVENTS = [
  ...PIECES.map((content) => ({
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  })),
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
];
const STREAM = new TextEncoder().encode(
  `${EVENTS.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`,
);
const TEXT = PIECES.join("").trimStart();
const SSE = { headers: { "content-type": "text/event-stream" } };

/** Some of the stream, which then breaks or ends. */
function part(from: number, to: number, breaks: boolean): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!sent) controller.enqueue(STREAM.slice(from, to));
      else if (breaks && to < STREAM.length) controller.error(new TypeError("terminated"));
      else controller.close();
      sent = true;
    },
  });
  return new Response(body, SSE);
}

function setUp(
  reply: (request: Recorded, index: number) => Reply,
  options: Partial<ClientOptions> = {},
) {
  let index = 0;
  const recorder = record((request) => reply(request, index++));
  const retries = { attempts: 2, firstDelayMs: 1 };
  const { fetch, requests } = recorder;
  const client = createClient({
    baseUrl: "http://x",
    dialect: "llama-server",
    resume: true,
    retries,
    fetch,
    ...options,
  });
  return { client, requests };
}

const offsetOf = ({ url }: Recorded) => Number(new URL(url).searchParams.get("from"));

test.each([true, false])(
  "goes on where it broke, anywhere, with nothing lost or twice; break: %s",
  async (breaks) => {
    for (let at = 1; at < STREAM.length; at += 3) {
      const { client, requests } = setUp((request, index) =>
        index === 0 ? part(0, at, breaks) : part(offsetOf(request), STREAM.length, breaks),
      );
      expect(await client.chat(messages).text(), `broken at ${at}`).toBe(TEXT);
      const [first, second] = requests;
      const id = first?.headers["x-conversation-id"];
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      if (second) expect(second.url).toBe(`http://x/v1/stream?conv_id=${id}&from=${at}`);
    }
  },
);

test("may break again and again, as long as something comes", async () => {
  const { client, requests } = setUp((request, index) => {
    const from = index === 0 ? 0 : offsetOf(request);
    return part(from, from + 40, true);
  });
  expect(await client.chat(messages).text()).toBe(TEXT);
  expect(requests.length).toBeGreaterThan(5);
});

test("tries to reach the server again", async () => {
  const { client } = setUp((request, index) => {
    if (index === 0) return part(0, 100, true);
    return index === 1
      ? new TypeError("fetch failed")
      : part(offsetOf(request), STREAM.length, true);
  });
  expect(await client.chat(messages).text()).toBe(TEXT);
});

test("ends with the first failure where the server has the rest no more, and tells it to stop", async () => {
  const { client, requests } = setUp((_, index) =>
    index === 0 ? part(0, 100, true) : refusal(404),
  );
  const error = { code: "NETWORK", partialText: "Llamas" };
  await expect(client.chat(messages).result).rejects.toMatchObject(error);
  expect(requests.map(({ method }) => method)).toEqual(["POST", "GET", "DELETE"]);
});

test("an abort tells the server to stop", async () => {
  const open = () => {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(STREAM.slice(0, 100));
    return new Response(new ReadableStream({ start }), SSE);
  };
  const { client, requests } = setUp((_, index) =>
    index === 0 ? open() : new Response(null, { status: 204 }),
  );
  const stream = client.chat(messages);
  for await (const piece of stream.textStream()) if (piece !== "") break;
  expect(await stream.result).toMatchObject({ finishReason: "aborted", text: "Llamas" });
  await expect.poll(() => requests[1]?.method).toBe("DELETE");
  expect(requests[1]?.url).toContain(requests[0]?.headers["x-conversation-id"]);
});

test("a whole answer needs no stop", async () => {
  const { client, requests } = setUp(() => part(0, STREAM.length, false));
  expect(await client.chat(messages).text()).toBe(TEXT);
  expect(requests).toHaveLength(1);
});

test("is refused where the server cannot do so", async () => {
  const error = { code: "UNSUPPORTED", parameter: "resume" };
  const others = setUp(() => "", { dialect: "vllm" }).client;
  await expect(others.chat(messages).result).rejects.toMatchObject(error);
  const { client } = setUp(() => "");
  await expect(client.complete("Once").result).rejects.toMatchObject(error);
});
