import type { MetadataValue, TestFile, TestTensor } from "./gguf-file.ts";
import { ggufBytes, string, u32, u64 } from "./gguf-file.ts";
import { tinyLlama } from "./tiny-llama.ts";

/** A model's file with something wrong in it. */
export interface BrokenFile {
  readonly what: string;
  readonly bytes: () => Uint8Array;
  /** What `loadModel` says of it. */
  readonly code: string;
  readonly message: RegExp;
}

const tiny = tinyLlama();
const whole = ggufBytes(tiny);

/** The model with other metadata; undefined takes an entry away. */
function withMetadata(changes: Record<string, MetadataValue | undefined>): Buffer {
  const entries = Object.entries({ ...tiny.metadata, ...changes });
  const metadata = Object.fromEntries(entries.filter((entry) => entry[1] !== undefined));
  return ggufBytes({ ...tiny, metadata: metadata as TestFile["metadata"] });
}

/** The model with one tensor changed, or taken away. */
function withTensor(name: string, change: (tensor: TestTensor) => TestTensor[]): Buffer {
  const tensors = tiny.tensors.flatMap((tensor) =>
    tensor.name === name ? change(tensor) : tensor,
  );
  return ggufBytes({ ...tiny, tensors });
}

const start = (version: number, tensors: bigint, entries: bigint, ...rest: Buffer[]) =>
  Buffer.concat([
    Buffer.from("GGUF"),
    u32(version),
    u64(tensors),
    u64(entries),
    ...rest,
    Buffer.alloc(200),
  ]);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const notGguf = (what: string, text: string, message: RegExp): BrokenFile => ({
  what,
  bytes: () => Buffer.from(text, "latin1"),
  code: "NOT_GGUF",
  message,
});

const damaged = (what: string, bytes: () => Uint8Array, message: RegExp): BrokenFile => ({
  what,
  bytes,
  code: "MODEL_TRUNCATED",
  message,
});

const invalid = (
  what: string,
  changes: Record<string, MetadataValue | undefined>,
  message: RegExp,
): BrokenFile => ({ what, bytes: () => withMetadata(changes), code: "INVALID_MODEL", message });

const Q = "blk.0.attn_q.weight";

export const brokenModels: readonly BrokenFile[] = [
  notGguf("empty", "", /it is empty/),
  notGguf("text", "hello", /something else/),
  notGguf("an LFS pointer", "version https://git-lfs.github.com/spec/v1\n", /git lfs pull/),
  notGguf("a zip", "PK\u0003\u0004", /PyTorch/),
  notGguf("a web page", "<!doctype html><title>404</title>", /HTML/),
  notGguf("JSON", '{"error":"Repository not found"}', /JSON/),
  notGguf("of llama.cpp's old format", "ggjt", /old format/),
  { ...notGguf("of version 1", "", /version 1/), bytes: () => start(1, 1n, 1n) },
  { ...notGguf("of version 99", "", /version 99/), bytes: () => start(99, 1n, 1n) },
  { ...notGguf("big-endian", "", /big-endian/), bytes: () => start(3 * 2 ** 24, 1n, 1n) },

  damaged("cut in the magic", () => whole.subarray(0, 6), /ends within its header/),
  damaged("cut behind the counts", () => whole.subarray(0, 24), /ends within its header/),
  damaged("cut at 100 bytes", () => whole.subarray(0, 100), /within its key-value pairs/),
  damaged("cut in the vocabulary", () => whole.subarray(0, 3000), /key-value pairs \(tokenizer/),
  damaged(
    "cut in the tensor list",
    () => whole.subarray(0, whole.indexOf(Q) + 30),
    /within its tensor info \(blk\.0\.attn_q\.weight\)/,
  ),
  damaged(
    "cut before the weights",
    () => whole.subarray(0, dataStart()),
    /token_embd.weight is inc/,
  ),
  damaged(
    "cut 100 bytes into the weights",
    () => whole.subarray(0, dataStart() + 100),
    /tensor token_embd\.weight is incomplete: the file has \d+ bytes, and it ends at \d+/,
  ),
  damaged("cut by its last byte", () => whole.subarray(0, -1), /output\.weight is incomplete/),

  damaged("with 2^62 tensors", () => ggufBytes({ ...tiny, tensorCount: 2n ** 62n }), /impossible/),
  damaged("with 2^62 entries", () => ggufBytes({ ...tiny, entryCount: 2n ** 62n }), /impossible/),
  damaged(
    "with a million tensors",
    () => ggufBytes({ ...tiny, tensorCount: 1_000_000n }),
    /claims 1000000 tensors/,
  ),
  damaged(
    "with more entries than there are",
    () => ggufBytes({ ...tiny, entryCount: 60_000n }),
    /key-value pairs|name/,
  ),
  damaged("with a key of 2^61 bytes", () => start(3, 1n, 1n, u64(2n ** 61n)), /impossible/),
  damaged("with a key of 2^40 bytes", () => start(3, 1n, 1n, u64(2n ** 40n)), /ends within/),
  damaged(
    "with a vocabulary of 2^50 pieces",
    () => start(3, 0n, 1n, string("tokenizer.ggml.tokens"), u32(9), u32(8), u64(2n ** 50n)),
    /ends within its key-value pairs \(tokenizer\.ggml\.tokens\)/,
  ),
  damaged(
    "with arrays of arrays",
    () =>
      start(
        3,
        0n,
        1n,
        string("a"),
        ...Array(20)
          .fill([u32(9), u64(1n)])
          .flat(),
      ),
    /ends within|not known|array of arrays/,
  ),
  damaged(
    "with a metadata type that is not known",
    () => start(3, 0n, 1n, string("a"), u32(99)),
    /a has a type that is not known, 99/,
  ),
  damaged("with an entry twice", () => ggufBytes({ ...tiny, repeat: ["general.name"] }), /twice/),
  damaged(
    "with an alignment of 7",
    () => withMetadata({ "general.alignment": ["u32", 7] }),
    /alignment is not a power of 2/,
  ),

  damaged(
    "with a tensor twice",
    () => withTensor(Q, (tensor) => [tensor, tensor]),
    /tensor blk\.0\.attn_q\.weight twice/,
  ),
  damaged(
    "with a tensor beyond the end",
    () => withTensor("output.weight", (tensor) => [{ ...tensor, offset: 2 ** 40 }]),
    /output\.weight stands at 1099511627776/,
  ),
  damaged(
    "with tensors that overlap",
    () => withTensor("output.weight", (tensor) => [{ ...tensor, offset: 0 }]),
    /output\.weight stands at 0, where \d+ is its place/,
  ),
  damaged(
    "with a tensor that is not aligned",
    () => withTensor(Q, (tensor) => [{ ...tensor, offset: 1 }]),
    /attn_q\.weight stands at 1,/,
  ),
  damaged(
    "with a tensor of a type that is not known",
    () => withTensor(Q, (tensor) => [{ ...tensor, type: 200 }]),
    /attn_q\.weight is of a type that is not known, 200/,
  ),
  damaged(
    "with a tensor of a type that was taken back",
    () => withTensor(Q, (tensor) => [{ ...tensor, type: 4 }]),
    /type that is not known, 4/,
  ),
  damaged(
    "with a tensor of five dimensions",
    () => withTensor(Q, (tensor) => [{ ...tensor, dimensions: [64, 64, 1, 1, 1] }]),
    /has 5 dimensions/,
  ),
  damaged(
    "with rows that its type cannot hold",
    () => withTensor(Q, (tensor) => [{ ...tensor, type: 8, dimensions: [63, 64] }]),
    /rows of 63, which Q8_0 cannot hold/,
  ),
  damaged(
    "with a tensor of 2^53 values",
    () => withTensor(Q, (tensor) => [{ ...tensor, dimensions: [2 ** 26, 2 ** 27] }]),
    /attn_q\.weight is incomplete|impossible/,
  ),

  invalid("without an architecture", { "general.architecture": undefined }, /general.architecture/),
  invalid("with a number for an architecture", { "general.architecture": ["u32", 1] }, /architec/),
  {
    ...invalid(
      "of an unknown architecture",
      { "general.architecture": ["string", "xlamx"] },
      /"xlamx"/,
    ),
    code: "UNSUPPORTED_ARCHITECTURE",
  },
  invalid("an adapter", { "general.type": ["string", "adapter"] }, /adapter.*adapters/),
  invalid("a projector", { "general.type": ["string", "mmproj"] }, /mmproj/),
  invalid("without layers", { "llama.block_count": undefined }, /llama\.block_count/),
  invalid("with no layers", { "llama.block_count": ["u32", 0] }, /block_count/),
  invalid("with 5000 layers", { "llama.block_count": ["u32", 5000] }, /block_count/),
  invalid("with three layers where two are there", { "llama.block_count": ["u32", 3] }, /blk\.2/),
  invalid("without a context", { "llama.context_length": undefined }, /context_length/),
  invalid("with a context of 0", { "llama.context_length": ["u32", 0] }, /context_length/),
  invalid("without heads", { "llama.attention.head_count": ["u32", 0] }, /head_count/),
  invalid("with a text for heads", { "llama.attention.head_count": ["string", "2"] }, /head_count/),
  invalid("without KV heads", { "llama.attention.head_count_kv": ["u32", 0] }, /head_count_kv/),
  invalid(
    "with 3 KV heads for 2",
    { "llama.attention.head_count_kv": ["u32", 3] },
    /head_count_kv/,
  ),
  invalid("with 5 heads for 64 values", { "llama.attention.head_count": ["u32", 5] }, /head_count/),
  invalid("with an embedding of 0", { "llama.embedding_length": ["u32", 0] }, /embedding_length/),
  invalid(
    "with another embedding",
    { "llama.embedding_length": ["u32", 128] },
    /its heads have 64 values/,
  ),
  invalid("with a wrong feed-forward size", { "llama.feed_forward_length": ["u32", 97] }, /ffn_/),
  invalid("with a wrong rope size", { "llama.rope.dimension_count": ["u32", 7] }, /rope/),
  invalid(
    "without an epsilon",
    { "llama.attention.layer_norm_rms_epsilon": undefined },
    /layer_norm_rms_epsilon/,
  ),
  invalid(
    "without a vocabulary",
    { "tokenizer.ggml.tokens": undefined },
    /tokenizer\.ggml\.tokens/,
  ),
  invalid("with a vocabulary of no kind", { "tokenizer.ggml.model": undefined }, /ggml\.model/),
  invalid("with a vocabulary of another kind", { "tokenizer.ggml.model": ["string", "x"] }, /'x'/),
  invalid(
    "with numbers for a vocabulary",
    { "tokenizer.ggml.tokens": ["array", "u32", numbers(290)] },
    /tokenizer\.ggml\.tokens/,
  ),
  invalid(
    "with a text for a vocabulary",
    { "tokenizer.ggml.tokens": ["string", "hello"] },
    /tokenizer\.ggml\.tokens/,
  ),
  invalid(
    "with a vocabulary that is too short",
    { "tokenizer.ggml.tokens": ["array", "string", numbers(100).map(String)] },
    /token_embd\.weight is 64x290, where 64x100/,
  ),
  invalid(
    "with no pieces",
    { "tokenizer.ggml.tokens": ["array", "string", []] },
    /tokenizer\.ggml/,
  ),
  invalid(
    "with scores that are too few",
    { "tokenizer.ggml.scores": ["array", "f32", numbers(10)] },
    /tokenizer\.ggml\.scores/,
  ),
  invalid(
    "with texts for scores",
    { "tokenizer.ggml.scores": ["array", "string", numbers(290)] },
    /tokenizer\.ggml\.scores/,
  ),
  invalid(
    "with bytes for token types",
    { "tokenizer.ggml.token_type": ["array", "u8", numbers(290).map((id) => id % 7)] },
    /tokenizer\.ggml\.token_type/,
  ),
  invalid(
    "with token types that are too few",
    { "tokenizer.ggml.token_type": ["array", "i32", numbers(10)] },
    /tokenizer\.ggml\.token_type/,
  ),
  invalid("with a text for EOS", { "tokenizer.ggml.eos_token_id": ["string", "2"] }, /eos/),
  invalid("with a number for a template", { "tokenizer.chat_template": ["u32", 1] }, /template/),

  {
    what: "without a tensor it needs",
    bytes: () => withTensor(Q, () => []),
    code: "INVALID_MODEL",
    message: /has no tensor blk\.0\.attn_q\.weight/,
  },
  {
    what: "with a tensor of another shape",
    bytes: () => withTensor(Q, (tensor) => [{ ...tensor, dimensions: [32, 128] }]),
    code: "INVALID_MODEL",
    message: /blk\.0\.attn_q\.weight is 32x128, where 64x64/,
  },
  {
    what: "with a matrix of whole numbers",
    bytes: () => withTensor(Q, (tensor) => [{ ...tensor, type: 26 }]),
    code: "INVALID_MODEL",
    message: /blk\.0\.attn_q\.weight is of type I32/,
  },
  {
    what: "with a norm of half precision",
    bytes: () =>
      withTensor("output_norm.weight", (tensor) => [
        { ...tensor, type: 1, data: new Uint8Array(128) },
      ]),
    code: "INVALID_MODEL",
    message: /output_norm\.weight is of type F16, and must be F32/,
  },
  {
    what: "with a weight that is no number",
    bytes: () => withTensor(Q, (tensor) => [{ ...tensor, data: withNaN(tensor.data) }]),
    code: "INVALID_WEIGHTS",
    message: /no numbers .* in tensor blk\.0\.attn_q\.weight/,
  },
  invalid("with experts it does not use", { "llama.expert_count": ["u32", 8] }, /0 of 8 experts/),
  {
    what: "a part of a model",
    bytes: () =>
      withMetadata({
        "split.no": ["u16", 1],
        "split.count": ["u16", 3],
        "split.tensors.count": ["i32", 60],
      }),
    code: "INVALID_MODEL",
    message: /part 2 of 3/,
  },
];

function withNaN(data: TestTensor["data"]): Float32Array {
  const copy = Float32Array.from(data as Float32Array);
  copy[1000] = Number.NaN;
  return copy;
}

/** Where the weights begin: at the first tensor of the file, which is as long as it is. */
function dataStart(): number {
  const bytes = tiny.tensors.reduce(
    (sum, { data }) => sum + Math.ceil(data.byteLength / 32) * 32,
    0,
  );
  return whole.length - bytes;
}
