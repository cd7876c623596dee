import type { VNode } from "preact";
import { useApp, useSettings } from "../../app/context.ts";
import type { AnswerFacts as Facts } from "../../chat/conversation.ts";

/** Why an answer ended, where it did not end by itself. */
const ENDINGS: Readonly<Record<string, string>> = {
  length: "Ended at the token limit",
  aborted: "Stopped",
  interrupted: "Interrupted",
  "content-filter": "Ended by a safety check",
};

/** How an answer came about, in a line. */
export function AnswerFacts({
  facts,
  onContinue,
}: {
  facts: Facts;
  onContinue: () => void;
}): VNode {
  const { usage, tokensPerSecond, seed, finishReason, problem } = facts;
  const ending = ENDINGS[finishReason];
  return (
    <p class="facts">
      {ending && (
        <span class="ending">
          {problem ?? ending}
          <button type="button" class="link" onClick={onContinue}>
            Continue
          </button>
        </span>
      )}
      {usage && <span>{usage.completionTokens} tokens</span>}
      {tokensPerSecond !== undefined && <span>{Math.round(tokensPerSecond)} tokens/s</span>}
      {seed !== undefined && <Seed seed={seed} />}
    </p>
  );
}

/** The seed of an answer, with which all that follow can be generated. */
function Seed({ seed }: { seed: number }): VNode {
  const { settings, status } = useApp();
  const { parameters } = useSettings();
  const isKept = parameters["seed"] === seed;
  const toggle = (): void => {
    const { seed: _, ...others } = parameters;
    settings.set({ parameters: isKept ? others : { ...others, seed } });
    status.set(isKept ? "Every answer draws a new seed." : `Seed ${seed} is used from now on.`);
  };
  const title = isKept ? "Draw a new seed for every answer" : "Use this seed from now on";
  return (
    <button type="button" class="link seed" aria-pressed={isKept} title={title} onClick={toggle}>
      seed {seed}
    </button>
  );
}
