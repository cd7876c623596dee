import type { Fields } from "@llama2-kit/server/routes";
import type { TrainingRequest } from "../src/app-api.ts";

/** Far more than is of use, and few enough to be refused for their memory by the training itself. */
const MOST_RANK = 1024;
const MOST_EPOCHS = 10_000;

/**
 * Reads what is to be taught.
 *
 * @throws ServerError `BAD_REQUEST`
 */
export function readTrainingRequest(fields: Fields): TrainingRequest {
  const dataset = fields.string("dataset");
  if (dataset === undefined || dataset.trim() === "") {
    throw fields.wrong("dataset", "a text with something to learn");
  }
  const targets = fields.string("targets") ?? "all-linear";
  if (targets !== "all-linear" && targets !== "attention") {
    throw fields.wrong("targets", '"all-linear" or "attention"');
  }
  return {
    name: fields.string("name")?.trim() ?? "",
    dataset,
    rank: fields.integer("rank", { min: 1, max: MOST_RANK }) ?? 16,
    alpha: fields.number("alpha", { min: 1e-3, max: 1e4 }) ?? 16,
    learningRate: fields.number("learningRate", { min: 1e-9, max: 1 }) ?? 2e-4,
    epochs: fields.number("epochs", { min: 0.01, max: MOST_EPOCHS }) ?? 3,
    targets: targets === "attention" ? ["q_proj", "v_proj"] : targets,
  };
}
