import type { Device } from "./device.ts";
import type { Context, Tensor } from "./handles.ts";
import type { Operations } from "./operations.ts";

/** Tensors and operations that a question to a device has at most. */
const MOST = 8;

/** Whether a device can compute an operation; `describe` makes one of the kind. */
export function supports(
  { ggml, handle }: Device,
  describe: (operations: Operations, context: Context) => Tensor,
): boolean {
  const { runtime } = ggml;
  const mem_size = runtime.tensorOverhead() * MOST;
  const context = runtime.init({ mem_size, mem_buffer: null, no_alloc: true });
  try {
    return runtime.supports(handle, describe(ggml.operations(context), context));
  } finally {
    runtime.free(context);
  }
}
