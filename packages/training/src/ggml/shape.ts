import koffi from "koffi";
import type { Tensor } from "./handles.ts";

/** Where ggml's struct of a tensor has its sizes: behind its type and its buffer. The self-check looks. */
const SIZES_AT = 16;

/** A tensor's sizes, innermost first. */
export function shapeOf(tensor: Tensor): [number, number, number, number] {
  const sizes: BigInt64Array = koffi.decode(tensor, SIZES_AT, "int64_t", 4);
  return Array.from(sizes, Number) as [number, number, number, number];
}

/** A tensor's type, such as F32: what ggml's struct begins with. */
export function typeOf(tensor: Tensor): number {
  return koffi.decode(tensor, "int32_t");
}
