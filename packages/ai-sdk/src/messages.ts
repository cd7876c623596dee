import {
  type LanguageModelV3Message,
  type LanguageModelV3Prompt,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { ChatMessage } from "@llama2-kit/protocol";

/**
 * Makes a conversation of the SDK's prompt. Parts of text are joined; reasoning is left out, as it was never said.
 *
 * @param prompt - what the SDK hands to a model
 * @returns messages for a `ChatModel`, which checks whose turn it is
 * @throws UnsupportedFunctionalityError for files, tools, and a system message that is not the first message
 */
export function toChatMessages(prompt: LanguageModelV3Prompt): ChatMessage[] {
  return prompt.map((message, index) => {
    switch (message.role) {
      case "system":
        if (index > 0) throw misplacedSystem(index);
        return { role: "system", content: message.content };
      case "user":
      case "assistant":
        return { role: message.role, content: joinText(message.content, index) };
      default:
        throw unsupported(
          `prompt[${index}]`,
          `is from "${(message as LanguageModelV3Message).role}"`,
          "Llama 2 knows no tools. Leave their calls and results out.",
        );
    }
  });
}

function joinText(parts: readonly { type: string; text?: string }[], index: number): string {
  let text = "";
  for (const [position, part] of parts.entries()) {
    if (part.type === "text") text += part.text;
    else if (part.type !== "reasoning") {
      throw unsupported(
        `prompt[${index}].content[${position}]`,
        `is of type "${part.type}"`,
        "Llama 2 reads text alone. Leave it out, or put it in words.",
      );
    }
  }
  return text;
}

function misplacedSystem(index: number): UnsupportedFunctionalityError {
  return unsupported(
    `prompt[${index}]`,
    "is a system message",
    "Llama 2 has one place for it, before the first message. Join it to the first one.",
  );
}

function unsupported(place: string, problem: string, advice: string) {
  return new UnsupportedFunctionalityError({
    functionality: `${place} ${problem}`,
    message: `${place} ${problem}: ${advice}`,
  });
}
