declare const kind: unique symbol;

/** A pointer into ggml's memory; the brand keeps one kind from being passed for another. */
type Handle<Name extends string> = bigint & { readonly [kind]: Name };

/** A tensor, or what an operation will put out: `ggml_tensor*`. */
export type Tensor = Handle<"tensor">;
/** Where tensors are described: `ggml_context*`. */
export type Context = Handle<"context">;
/** Operations in the order they are computed: `ggml_cgraph*`. */
export type GraphHandle = Handle<"graph">;
/** Something to compute with: `ggml_backend*`. */
export type Backend = Handle<"backend">;
/** A device of this machine: `ggml_backend_device*`. */
export type DeviceHandle = Handle<"device">;
/** What kind of memory: `ggml_backend_buffer_type*`. */
export type BufferType = Handle<"bufferType">;
/** Memory of a device: `ggml_backend_buffer*`. */
export type Buffer = Handle<"buffer">;
/** Gives graphs their memory: `ggml_gallocr*`. */
export type Allocator = Handle<"allocator">;

/** ggml's numbers of the types of values that tensors are made with here. */
export const F32 = 0;
export const I32 = 26;
export const I64 = 27;
