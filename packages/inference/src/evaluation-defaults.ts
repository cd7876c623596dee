/**
 * How a prompt is evaluated. Between two batches the signal is looked at; a GPU works on long batches best, while
 * these cost a CPU 6 % or less.
 *
 * On the CPU, llama.cpp's flash attention is slow for batches of less than 64 tokens that come after others, so
 * for every token generated and for the next turn of a conversation: measured, 1.4 and 2.6 times (1,500 tokens
 * before), 1.5 and 6 times (300, Cria). It gains a third on a long first prompt, which is not worth that.
 */
const DEFAULTS = {
  cpu: { batchSize: 128, flashAttention: false },
  gpu: { batchSize: 512, flashAttention: "auto" },
} as const;

/** The defaults on a kind of GPU, or on the CPU where that is false. */
export function evaluationDefaults(gpu: string | false): {
  readonly batchSize: number;
  readonly flashAttention: "auto" | false;
} {
  return DEFAULTS[gpu ? "gpu" : "cpu"];
}
