import type { VNode } from "preact";
import type { LoadedModel } from "../../app-api.ts";
import { formatBytes, formatCount } from "./format-numbers.ts";

const FORMATS = {
  llama2: "Llama 2's own",
  none: "none in the file; Llama 2's is used",
  other: "another than Llama 2's: for the notebook only",
} as const;

/** What is known of the model that answers. */
export function ModelFacts({ model }: { model: LoadedModel }): VNode {
  const facts: readonly (readonly [string, string])[] = [
    ["Source", model.source],
    ["Architecture", model.architecture],
    ["Parameters", formatCount(model.parameters)],
    ["Quantisation", model.quantization],
    ["File", formatBytes(model.fileBytes)],
    ["Memory", `about ${formatBytes(model.memoryBytes)}`],
    ["Device", model.device],
    ["Context", contextOf(model)],
    ["Answers at once", String(model.sequences)],
    ["Chat format", FORMATS[model.chatFormat]],
  ];
  return (
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">{model.id}</h2>
      <dl class="fact-table two-columns">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function contextOf({ contextSize, trainedContextSize }: LoadedModel): string {
  const size = `${contextSize.toLocaleString("en")} tokens`;
  if (contextSize === trainedContextSize) return size;
  return `${size}, trained on ${trainedContextSize.toLocaleString("en")}`;
}
