import { type Metadata, type ModelWeights, openGguf } from "@llama2-kit/weights";
import { randomModel } from "../model/random-model.ts";
import type { TrainingJob } from "./job.ts";

/**
 * Opens the model that a training begins with.
 *
 * @throws WeightsError what opening a GGUF throws
 */
export async function openBase({ model, settings }: TrainingJob): Promise<ModelWeights> {
  if (typeof model === "string") return openGguf(model);
  const donor = await openGguf(model.metadataFrom);
  try {
    return randomModel(model.config, settings.seed, tokenizerOf(donor.metadata));
  } finally {
    await donor.close();
  }
}

/** What a GGUF says beside its sizes. */
function tokenizerOf(metadata: Metadata): Metadata {
  const entries = [...metadata].filter(
    ([key]) =>
      key.startsWith("tokenizer.") || (key.startsWith("general.") && key !== "general.file_type"),
  );
  return new Map(entries);
}
