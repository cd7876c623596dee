/**
 * Teach a Llama 2: LoRA and full training, and the datasets for them.
 *
 * @packageDocumentation
 */
export type { TrainingExample } from "./data/example.ts";
export type { Dataset } from "./data/example-store.ts";
export type { DatasetFormat, DatasetMessage, DatasetRow } from "./dataset/formats.ts";
export type { DatasetOptions, DatasetProgress } from "./dataset/options.ts";
export { type DatasetReader, type DatasetSource, readDataset } from "./dataset/read-dataset.ts";
export type { DatasetExample } from "./dataset/read-examples.ts";
export type { CutRow, DatasetReport, DroppedRow } from "./dataset/report.ts";
export type { RowFault } from "./dataset/unusable-row.ts";
export { TrainingError, type TrainingErrorCode } from "./error.ts";
export type { EngineOptions } from "./ggml/engine.ts";
export type { DeviceKind } from "./ggml/find-libraries.ts";
export type { NewModel, TrainingProgress, TrainingResult } from "./job/job.ts";
export type { NewModelConfig } from "./model/random-model.ts";
export type { LinearName } from "./model/sizes.ts";
export type { ScheduleName } from "./optimizer/schedule.ts";
export type { TrainingOptions } from "./options.ts";
export { type TrainAdapterOptions, trainAdapter } from "./train-adapter.ts";
export { type TrainModelOptions, trainModel } from "./train-model.ts";
