import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { badRequest, describe, unsupported } from "../error.ts";
import { Fields, isJsonObject } from "../fields.ts";

const ROLES: Readonly<Record<string, ChatRole>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

/** More than any context holds, and few enough to look at. */
const MOST_MESSAGES = 10_000;

/**
 * Reads a conversation, whose messages have their text as a string or in parts. Whether the roles may come in this
 * order is for the model to say.
 *
 * @param fields - of the request, of which `messages` is read
 * @throws ServerError `BAD_REQUEST` or `UNSUPPORTED`
 *
 * @example
 * ```ts
 * const messages = readMessages(new Fields(await readJson(request, 2 ** 20)));
 * ```
 */
export function readMessages(fields: Fields): ChatMessage[] {
  const messages = fields.array("messages");
  if (!messages || messages.length > MOST_MESSAGES) {
    throw fields.wrong("messages", `an array of at most ${MOST_MESSAGES} messages`);
  }
  return messages.map((message, index) => readMessage(message, `messages[${index}]`));
}

function readMessage(message: unknown, path: string): ChatMessage {
  if (!isJsonObject(message)) {
    throw badRequest(path, `${path} must be an object; it is ${describe(message)}.`);
  }
  const fields = new Fields(message, `${path}.`);
  refuseWhatIsNoText(fields);
  return { role: readRole(fields), content: readContent(fields, path) };
}

function readRole(fields: Fields): ChatRole {
  const role = fields.raw("role");
  if (typeof role === "string" && Object.hasOwn(ROLES, role)) return ROLES[role] ?? "user";
  const at = fields.path("role");
  if (role === "tool" || role === "function") {
    throw unsupported(at, `${at} is ${describe(role)}: Llama 2 knows no tools.`);
  }
  throw fields.wrong("role", `one of ${Object.keys(ROLES).join(", ")}`);
}

/** Tool calls, and Ollama's images. */
function refuseWhatIsNoText(fields: Fields): void {
  for (const name of ["tool_calls", "images"]) {
    if ((fields.array(name)?.length ?? 0) === 0) continue;
    throw unsupported(
      fields.path(name),
      `${fields.path(name)} cannot be read: Llama 2 reads text alone.`,
    );
  }
}

function readContent(fields: Fields, path: string): string {
  const content = fields.raw("content");
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw fields.wrong("content", "a string or an array of parts");
  return content.map((part, index) => readPart(part, `${path}.content[${index}]`)).join("");
}

function readPart(part: unknown, path: string): string {
  if (typeof part === "string") return part;
  if (!isJsonObject(part))
    throw badRequest(path, `${path} must be an object; it is ${describe(part)}.`);
  const fields = new Fields(part, `${path}.`);
  const type = fields.string("type");
  if (type !== "text" && type !== "refusal") {
    throw unsupported(
      fields.path("type"),
      `${path} has the type ${describe(type)}: Llama 2 reads text alone.`,
    );
  }
  const text = fields.string(type);
  if (text === undefined) throw fields.wrong(type, "a string");
  return text;
}
