import { badRequest, ServerError } from "./error.ts";
import { isJsonObject, type JsonObject } from "./fields.ts";

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a request's body as a JSON object.
 *
 * A content type other than JSON is refused, as web pages can send others to any address without asking first.
 *
 * @param request - its body has not been read
 * @param maxBytes - a longer one is refused, and not read to its end
 * @throws ServerError `WRONG_CONTENT_TYPE`, `BODY_TOO_LARGE` or `BAD_REQUEST`
 *
 * @example
 * ```ts
 * const { name } = await readJson(request, 2 ** 20);
 * ```
 */
export async function readJson(request: Request, maxBytes: number): Promise<JsonObject> {
  const type = request.headers.get("content-type") ?? "";
  if (!JSON_TYPE.test(type)) {
    const given = type === "" ? "missing" : JSON.stringify(type.slice(0, 100));
    throw new ServerError(
      "WRONG_CONTENT_TYPE",
      `The content type must be application/json; it is ${given}. Send the header "content-type: application/json".`,
    );
  }
  refuseCompression(request.headers.get("content-encoding") ?? "identity");
  const value = parse(decode(await readBytes(request, maxBytes)));
  if (isJsonObject(value)) return value;
  throw badRequest(undefined, "The body must be a JSON object.");
}

/** Unpacked, a body could be of any size. */
function refuseCompression(encoding: string): void {
  if (encoding.toLowerCase() === "identity") return;
  throw new ServerError(
    "WRONG_CONTENT_TYPE",
    `The body must be sent as it is; its content-encoding is ${JSON.stringify(encoding.slice(0, 100))}.`,
  );
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  // Copied, as a part may be of one byte and yet hold on to all that came with it.
  let bytes = new Uint8Array(Math.min(maxBytes, FIRST_BYTES));
  let size = 0;
  for (;;) {
    const { done, value } = await readPart(reader);
    if (done) return bytes.subarray(0, size);
    const begin = size;
    size += value.byteLength;
    if (size > maxBytes) {
      reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    if (size > bytes.length) bytes = grow(bytes, Math.min(maxBytes, Math.max(size, 2 * begin)));
    bytes.set(value, begin);
  }
}

/** Most requests are shorter. */
const FIRST_BYTES = 4096;

function grow(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}

async function readPart(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new ServerError("BAD_REQUEST", "The body ended before it was complete.", { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badRequest(undefined, "The body is not valid UTF-8.");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's message quotes the body, which is nobody's business but the caller's; that is who gets it.
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : "";
    throw badRequest(undefined, `The body is not valid JSON: ${reason}`);
  }
}

function tooLarge(maxBytes: number): ServerError {
  return new ServerError("BODY_TOO_LARGE", `The body must have at most ${maxBytes} bytes.`);
}
