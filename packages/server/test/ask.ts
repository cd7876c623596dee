import type { Handler } from "../src/index.ts";

/** Posts JSON to a handler. */
export function post(
  handler: Handler,
  path: string,
  body: unknown,
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return handler(
    new Request(`http://localhost${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...init.headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...(init.signal && { signal: init.signal }),
    }),
  );
}

/** The events of a stream: JSON, but for the end marker. */
export async function eventsOf(response: Response): Promise<unknown[]> {
  const text = await response.text();
  const blocks = text.split("\n\n").filter((block) => block.startsWith("data:"));
  return blocks.map((block) => {
    const data = block.slice(5).trim();
    return data === "[DONE]" ? data : JSON.parse(data);
  });
}

/** A shortest chat. */
export const CHAT = { model: "cria", messages: [{ role: "user", content: "My name is Zoe." }] };

/** All that there is to iterate over. Node 20 has no `Array.fromAsync`. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
