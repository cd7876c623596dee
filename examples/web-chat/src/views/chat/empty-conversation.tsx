import type { VNode } from "preact";
import { useModel, useSettings } from "../../app/context.ts";
import { addressOf } from "../../app/route.ts";

/** Of what the model that comes with the app can do. */
const FOR_CRIA = [
  "My name is Zoe.",
  "What is 3 plus 4?",
  "Tell me a story.",
  "What does a cow say?",
];

const FOR_LLAMA = [
  "Explain how a llama differs from an alpaca.",
  "Write a haiku about the Andes.",
  "Plan a weekend in Cusco, as a list.",
  "Write a function that reverses a linked list.",
];

/** What a conversation looks like before it begins. */
export function EmptyConversation({ onAsk }: { onAsk: (text: string) => void }): VNode {
  const { server } = useSettings();
  const model = useModel();
  const isCria = !server && model?.source === "cria";
  return (
    <section class="welcome">
      <h2>What would you like to know?</h2>
      {isCria ? (
        <p>
          This is Cria, a Llama 2 of 10 MB that shows how everything works. It remembers names, adds
          small numbers and tells little stories. For a grown-up one,{" "}
          <a href={addressOf({ view: "model" })}>load another model</a>.
        </p>
      ) : (
        <p>
          Everything stays between this browser and{" "}
          {server ? "the server you chose" : "your machine"}.
        </p>
      )}
      <ul class="suggestions" aria-label="Suggestions">
        {(isCria ? FOR_CRIA : FOR_LLAMA).map((text) => (
          <li key={text}>
            <button type="button" class="suggestion" onClick={() => onAsk(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
