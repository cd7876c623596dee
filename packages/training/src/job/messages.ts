import { WeightsError, type WeightsErrorCode } from "@llama2-kit/weights";
import { TrainingError, type TrainingErrorCode } from "../error.ts";
import type { TrainingJob, TrainingProgress, TrainingResult } from "./job.ts";

/** What a job comes to; the datasets are read before it. */
export type JobResult = Omit<TrainingResult, "cut" | "dropped">;

/** What a training's process is told. */
export type ToWorker =
  | { readonly kind: "job"; readonly job: TrainingJob }
  /** Write the checkpoint, and end. */
  | { readonly kind: "abort" };

/** What a training's process tells. */
export type FromWorker =
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | { readonly kind: "done"; readonly result: JobResult }
  | { readonly kind: "aborted" }
  | { readonly kind: "failed"; readonly error: PlainError };

/** An error as plain data: of another process nothing else arrives. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly parameter: string | undefined;
  readonly path: string | undefined;
}

/** Makes plain data of whatever was thrown. */
export function toPlainError(error: unknown): PlainError {
  const { name, message, code, parameter, path } = Object(error) as Partial<PlainError>;
  return {
    name: String(name ?? "Error"),
    message: String(message ?? error),
    code: code === undefined ? undefined : String(code),
    parameter,
    path,
  };
}

/** Makes an error again: of the class that it had, where that is one of ours. */
export function fromPlainError({ name, message, code, parameter, path }: PlainError): Error {
  if (name === "TrainingError") {
    return new TrainingError(code as TrainingErrorCode, message, { parameter });
  }
  if (name === "WeightsError") {
    return new WeightsError(code as WeightsErrorCode, message, { parameter, path });
  }
  return new TrainingError("ENGINE_CRASHED", `The training failed: ${message}`);
}
