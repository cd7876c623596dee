import { openGguf } from "../gguf/open-gguf.ts";
import { writeGguf } from "../gguf/write-gguf.ts";
import { avoidLibrary } from "../quantize/avoid-library.ts";
import { fileTypeNumber } from "../quantize/file-type.ts";
import { markType } from "../quantize/mark-type.ts";
import { planTypes } from "../quantize/plan-types.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { ggufBase } from "./adapter-base.ts";
import { collectPairs } from "./collect-pairs.ts";
import type { MergePlan, MergeResult } from "./merge-adapter.ts";
import { mergeTensors } from "./merge-tensors.ts";

/** Merges adapters into a GGUF. */
export async function mergeIntoGguf(plan: MergePlan): Promise<MergeResult> {
  const base = await openGguf(plan.base);
  try {
    const collected = await collectPairs(plan, ggufBase(base), "gguf");
    try {
      const types = plan.type === undefined ? undefined : planTypes(base, plan.type);
      const isOutputQ8 =
        types !== undefined &&
        plan.type !== undefined &&
        (await avoidLibrary(types, plan.type, plan.libDir));
      const typeOf = ({ name, type }: TensorSource) => types?.get(name) ?? type;
      const tensors = await mergeTensors(base, collected, typeOf, plan);
      const metadata =
        plan.type === undefined
          ? base.metadata
          : markType(base.metadata, fileTypeNumber(plan.type));
      await writeGguf(plan.output, { metadata, tensors }, plan);
      return { isOutputQ8 };
    } finally {
      await collected.close();
    }
  } finally {
    await base.close();
  }
}
