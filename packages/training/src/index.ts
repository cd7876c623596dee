/**
 * Teach a Llama 2: LoRA and full training, and the datasets for them.
 *
 * @packageDocumentation
 */
export type { TrainingExample } from "./data/example.ts";
export type { DatasetFormat, DatasetMessage, DatasetRow } from "./dataset/formats.ts";
export type { DatasetOptions, DatasetProgress } from "./dataset/options.ts";
export { type Dataset, type DatasetSource, readDataset } from "./dataset/read-dataset.ts";
export type { DatasetExample } from "./dataset/read-examples.ts";
export type { CutRow, DatasetReport, DroppedRow } from "./dataset/report.ts";
export type { RowFault } from "./dataset/unusable-row.ts";
export { TrainingError, type TrainingErrorCode } from "./error.ts";
