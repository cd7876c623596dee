import { RoundingError } from "../gptq/rounding-error.ts";
import type { GptqReport } from "../gptq/unpack-gptq.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import { type LlamaShape, listTensors } from "./llama-shape.ts";

/** A tensor of a GPTQ model on its way into a GGUF. */
export interface GptqLayer {
  /** Its name in the GPTQ model. */
  readonly source: string;
  /** What unpacking it cost. */
  readonly unpacked: GptqReport;
  /** What it costs to give it another type then. */
  readonly loss: RoundingError;
}

/** The tensors of a GPTQ model by their names in a GGUF. */
export function listGptqLayers(
  report: ReadonlyMap<string, GptqReport>,
  shape: LlamaShape,
): Map<string, GptqLayer> {
  const layers = new Map<string, GptqLayer>();
  for (const { huggingFace: source, gguf } of listTensors(shape, false)) {
    const unpacked = report.get(source);
    if (unpacked) layers.set(gguf, { source, unpacked, loss: new RoundingError() });
  }
  return layers;
}

/** What became of each of them, once they are written: two errors, one upon the other, are at most their sum. */
export function finishReport(
  layers: ReadonlyMap<string, GptqLayer>,
  types: ReadonlyMap<string, TensorType>,
): Map<string, GptqReport> {
  const report = new Map<string, GptqReport>();
  for (const [name, { source, unpacked, loss }] of layers) {
    const { form, rmse, max } = unpacked;
    const type = types.get(name) ?? form;
    report.set(source, { form, type, rmse: rmse + loss.rmse, max: max + loss.max });
  }
  return report;
}
