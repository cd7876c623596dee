import type { ChatMessage } from "../src/index.ts";
import { strip, stripEnd } from "../src/python-strip.ts";

/** A conversation as the format keeps it: what a prompt of it says, and all that can be read out of one. */
export function canonical(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.map(({ role, content }, index) => {
    if (role === "system") return { role, content };
    const behindSystem = index === 1 && messages[0]?.role === "system";
    return { role, content: behindSystem ? stripEnd(content) : strip(content) };
  });
}
