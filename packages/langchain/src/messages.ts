import {
  AIMessage,
  type BaseMessage,
  ChatMessage as GenericMessage,
} from "@langchain/core/messages";
import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { LangChainAdapterError, type LangChainAdapterErrorCode } from "./error.ts";

const ROLES: ReadonlyMap<string, ChatRole> = new Map([
  ["system", "system"],
  ["developer", "system"],
  ["human", "user"],
  ["user", "user"],
  ["ai", "assistant"],
  ["assistant", "assistant"],
]);

/**
 * Makes a conversation of LangChain's messages. Blocks of text are joined; reasoning is left out, as it was never said.
 *
 * @param messages - what LangChain hands to a model
 * @returns messages for a `ChatModel`, which checks whose turn it is
 * @throws LangChainAdapterError for what is not text, for tools, and for a system message that is not the first message
 */
export function toChatMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return messages.map((message, index) => {
    const name = GenericMessage.isInstance(message) ? message.role : message.type;
    const role = ROLES.get(name);
    if (!role) {
      const problem = ` is from "${name}": Llama 2 has no place for it. There are system, user and assistant.`;
      throw messageError("UNSUPPORTED_ROLE", index, problem);
    }
    if (role === "system" && index > 0) {
      const problem =
        " is a system message: Llama 2 has one place for it, before the first message.";
      throw messageError("MISPLACED_SYSTEM", index, `${problem} Join it to the first one.`);
    }
    if (AIMessage.isInstance(message) && message.tool_calls?.length) {
      const problem = " calls a tool: Llama 2 knows none. Leave the call and its result out.";
      throw messageError("UNSUPPORTED_CONTENT", index, problem);
    }
    return { role, content: textOf(message.content, index) };
  });
}

function textOf(content: BaseMessage["content"], index: number): string {
  if (typeof content === "string") return content;
  let text = "";
  for (const [position, { type, text: piece }] of content.entries()) {
    if (type === "text") text += piece;
    else if (type !== "reasoning") {
      const problem = `.content[${position}] is of type "${type}": Llama 2 reads text alone.`;
      throw messageError(
        "UNSUPPORTED_CONTENT",
        index,
        `${problem} Leave it out, or put it in words.`,
      );
    }
  }
  return text;
}

function messageError(code: LangChainAdapterErrorCode, index: number, problem: string) {
  return new LangChainAdapterError(code, `messages[${index}]${problem}`, index);
}
