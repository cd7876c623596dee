import type { VNode } from "preact";
import { useSettings } from "../../app/context.ts";
import { AnswerTokens } from "./answer-tokens.tsx";
import { GenerationFacts } from "./generation-facts.tsx";
import { PromptTokens } from "./prompt-tokens.tsx";
import { useInspection } from "./use-inspection.ts";

/** How an answer came about: what the model read, what was cached, and how sure it was of each token. */
export function PromptPanel({ id }: { id: string }): VNode {
  const inspection = useInspection(id);
  const isForeign = useSettings().server !== null;
  if (inspection === undefined) return <p class="hint">Reading…</p>;
  if (inspection === null) return <p class="hint">This answer has been deleted.</p>;
  const { message, trace, prompt, problem } = inspection;
  const cached = message.answer?.usage?.cachedTokens ?? 0;
  return (
    <div class="prompt-panel">
      {message.answer && <GenerationFacts facts={message.answer} />}
      <section>
        <h3>What the model read</h3>
        {trace && trace.dropped > 0 && (
          <p class="hint">The {trace.dropped} oldest messages did not fit, and were left out.</p>
        )}
        {problem && <p class="fault">{problem}</p>}
        {prompt && <PromptTokens prompt={prompt} cached={cached} />}
        {isForeign && (
          <p class="hint">
            Another server lays out the prompt by its own template, and does not tell it, nor the
            ids of its tokens: this is Llama 2's own format.
          </p>
        )}
      </section>
      <section>
        <h3>What it answered</h3>
        <AnswerTokens trace={trace} text={message.content} />
      </section>
    </div>
  );
}
