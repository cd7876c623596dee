import type {
  Allocator,
  Backend,
  Buffer,
  BufferType,
  Context,
  DeviceHandle,
  GraphHandle,
  Tensor,
} from "./handles.ts";

/** ggml's functions around the computing: memory, graphs, devices. Each stands for the C function that it names. */
export interface Runtime {
  init(parameters: { mem_size: number; mem_buffer: null; no_alloc: boolean }): Context;
  free(context: Context): void;
  tensorOverhead(): number;
  graphOverhead(size: number, gradients: boolean): number;
  version(): string;
  newTensor(context: Context, type: number, n0: number, n1: number, n2: number): Tensor;
  newTensor1d(context: Context, type: number, n0: number): Tensor;
  byteLength(tensor: Tensor): number;
  data(tensor: Tensor): bigint;
  setParameter(tensor: Tensor): void;
  setPrecision(tensor: Tensor, precision: number): void;
  newGraph(context: Context, size: number, gradients: boolean): GraphHandle;
  expand(graph: GraphHandle, tensor: Tensor): void;
  nodeCount(graph: GraphHandle): number;
  node(graph: GraphHandle, index: number): Tensor;
  operationName(tensor: Tensor): string;
  deviceName(device: DeviceHandle): string;
  deviceDescription(device: DeviceHandle): string;
  deviceType(device: DeviceHandle): number;
  deviceMemory(device: DeviceHandle, free: [bigint | number], total: [bigint | number]): void;
  deviceRegistry(device: DeviceHandle): bigint;
  procedure(registry: bigint, name: string): bigint | null;
  openDevice(device: DeviceHandle, parameters: null): Backend | null;
  closeDevice(backend: Backend): void;
  supports(device: DeviceHandle, tensor: Tensor): boolean;
  bufferType(backend: Backend): BufferType;
  allocate(context: Context, backend: Backend): Buffer | null;
  freeBuffer(buffer: Buffer): void;
  bufferSize(buffer: Buffer): number;
  clearBuffer(buffer: Buffer, value: number): void;
  write(tensor: Tensor, data: Uint8Array, offset: number, length: number): void;
  read(tensor: Tensor, data: Uint8Array, offset: number, length: number): void;
  newAllocator(type: BufferType): Allocator;
  freeAllocator(allocator: Allocator): void;
  measure(
    allocator: Allocator,
    graph: GraphHandle,
    a: null,
    b: null,
    sizes: [bigint | number],
  ): void;
  reserve(allocator: Allocator, graph: GraphHandle): boolean;
  allocateGraph(allocator: Allocator, graph: GraphHandle): boolean;
  allocatorSize(allocator: Allocator, index: number): number;
  compute(backend: Backend, graph: GraphHandle): number;
}

/** ggml's functions that find backends, in a library of their own. */
export interface Registry {
  loadBackends(folder: string): void;
  deviceCount(): number;
  device(index: number): DeviceHandle;
}

export const RUNTIME: Record<keyof Runtime, string> = {
  init: "void* ggml_init(ggml_init_params parameters)",
  free: "void ggml_free(void* context)",
  tensorOverhead: "size_t ggml_tensor_overhead()",
  graphOverhead: "size_t ggml_graph_overhead_custom(size_t size, bool gradients)",
  version: "const char* ggml_version()",
  newTensor:
    "void* ggml_new_tensor_3d(void* context, int type, int64_t n0, int64_t n1, int64_t n2)",
  newTensor1d: "void* ggml_new_tensor_1d(void* context, int type, int64_t n0)",
  byteLength: "size_t ggml_nbytes(void* tensor)",
  data: "void* ggml_get_data(void* tensor)",
  setParameter: "void ggml_set_param(void* tensor)",
  setPrecision: "void ggml_mul_mat_set_prec(void* tensor, int precision)",
  newGraph: "void* ggml_new_graph_custom(void* context, size_t size, bool gradients)",
  expand: "void ggml_build_forward_expand(void* graph, void* tensor)",
  nodeCount: "int ggml_graph_n_nodes(void* graph)",
  node: "void* ggml_graph_node(void* graph, int index)",
  operationName: "const char* ggml_op_desc(void* tensor)",
  deviceName: "const char* ggml_backend_dev_name(void* device)",
  deviceDescription: "const char* ggml_backend_dev_description(void* device)",
  deviceType: "int ggml_backend_dev_type(void* device)",
  deviceMemory:
    "void ggml_backend_dev_memory(void* device, _Out_ size_t* free, _Out_ size_t* total)",
  deviceRegistry: "void* ggml_backend_dev_backend_reg(void* device)",
  procedure: "void* ggml_backend_reg_get_proc_address(void* registry, const char* name)",
  openDevice: "void* ggml_backend_dev_init(void* device, const char* parameters)",
  closeDevice: "void ggml_backend_free(void* backend)",
  supports: "bool ggml_backend_dev_supports_op(void* device, void* tensor)",
  bufferType: "void* ggml_backend_get_default_buffer_type(void* backend)",
  allocate: "void* ggml_backend_alloc_ctx_tensors(void* context, void* backend)",
  freeBuffer: "void ggml_backend_buffer_free(void* buffer)",
  bufferSize: "size_t ggml_backend_buffer_get_size(void* buffer)",
  clearBuffer: "void ggml_backend_buffer_clear(void* buffer, uint8_t value)",
  write: "void ggml_backend_tensor_set(void* tensor, const void* data, size_t offset, size_t size)",
  read: "void ggml_backend_tensor_get(void* tensor, _Out_ void* data, size_t offset, size_t size)",
  newAllocator: "void* ggml_gallocr_new(void* type)",
  freeAllocator: "void ggml_gallocr_free(void* allocator)",
  measure:
    "void ggml_gallocr_reserve_n_size(void* allocator, void* graph, void* a, void* b, _Out_ size_t* sizes)",
  reserve: "bool ggml_gallocr_reserve(void* allocator, void* graph)",
  allocateGraph: "bool ggml_gallocr_alloc_graph(void* allocator, void* graph)",
  allocatorSize: "size_t ggml_gallocr_get_buffer_size(void* allocator, int index)",
  compute: "int ggml_backend_graph_compute(void* backend, void* graph)",
};

export const REGISTRY: Record<keyof Registry, string> = {
  loadBackends: "void ggml_backend_load_all_from_path(const char* folder)",
  deviceCount: "size_t ggml_backend_dev_count()",
  device: "void* ggml_backend_dev_get(size_t index)",
};
