// What the page and its own server say to each other under /app, beside OpenAI's API under /v1. Errors have OpenAI's
// form there too: `{ error: { message, type, code, param } }`. Where a key is set, all of it needs the key.

/** `GET /app/state`, and each event of `GET /app/events`: the first at once, then one at every change. */
export interface AppState {
  /** The program's version. */
  readonly version: string;
  /** Whether `/v1` and `/app` need a key. This alone can be asked without one: `GET /app/access`. */
  readonly needsKey: boolean;
  readonly model: ModelState;
  readonly training: TrainingState;
}

/** `GET /app/access`: what a page may know before it has a key. */
export interface Access {
  readonly needsKey: boolean;
}

/**
 * What there is to answer. While another model is loaded, and when that has failed, `answering` is the one before, which goes on
 * answering; undefined where there is none: at the start, or where memory does not hold two.
 */
export type ModelState =
  | { readonly status: "ready"; readonly answering: LoadedModel }
  | {
      readonly status: "loading";
      readonly answering: LoadedModel | undefined;
      /** The path or address that was asked for. */
      readonly source: string;
      readonly progress: LoadProgress;
    }
  | {
      readonly status: "failed";
      readonly answering: LoadedModel | undefined;
      readonly source: string;
      readonly error: AppError;
    };

/** How far loading has come. */
export interface LoadProgress {
  /** `freeing`: the model before ends its answers and goes, to make room. */
  readonly phase: "starting" | "downloading" | "freeing" | "loading";
  /** From 0 to 1; undefined where it is not known. */
  readonly fraction?: number | undefined;
  /** Of a download. */
  readonly loadedBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
}

export interface AppError {
  /** For the user: what was wrong, and what to do. */
  readonly message: string;
  /** Such as `MODEL_NOT_FOUND`. */
  readonly code: string;
}

/** A model that answers. */
export interface LoadedModel {
  /** The path or address that was asked for; `cria` for the model that comes with the app. */
  readonly source: string;
  /** Its name in `/v1`. */
  readonly id: string;
  readonly architecture: string;
  /** Such as `Q4_K_M`. */
  readonly quantization: string;
  /** How many weights it has. */
  readonly parameters: number;
  readonly fileBytes: number;
  /** Tokens that a prompt and its answer may have together. */
  readonly contextSize: number;
  readonly trainedContextSize: number;
  /** Answers at once. */
  readonly sequences: number;
  /** What it takes, reckoned from its file. */
  readonly memoryBytes: number;
  /** Such as `CPU, 4 threads`, or `CUDA`. */
  readonly device: string;
  /** Whose chat template the file has. Without Llama 2's own, `none` is chatted with in Llama 2's format, `other` is refused. */
  readonly chatFormat: "llama2" | "other" | "none";
  readonly adapters: readonly AdapterFile[];
}

/**
 * A LoRA adapter. A request takes it by `lora: [{ name, scale }]` in the bodies of `/v1/chat/completions` and
 * `/v1/completions`; those that it does not name are off.
 */
interface AdapterFile {
  readonly name: string;
  readonly path: string;
  /** How strongly it acts where a request names no scale: 1 is as trained. */
  readonly scale: number;
}

/**
 * `POST /app/model`: loads another. Answered with the state (202) at once; the rest is told by `/app/events`. While another is
 * being loaded it takes that one's place. `DELETE /app/model/loading` cancels, and is answered with the state.
 */
export interface LoadRequest {
  /** A path on the server's machine, `hf:user/repository:quant`, `https://…`, or `cria`. */
  readonly model: string;
  /** By default the one that the app was started with, or else the model's own. */
  readonly contextSize?: number | undefined;
  /** None by default. */
  readonly adapters?: readonly {
    readonly name: string;
    readonly path: string;
    readonly scale?: number;
  }[];
}

/** `POST /app/prompt`: what the model reads, for a conversation or for a text to complete. */
export type PromptRequest = (
  | {
      readonly messages: readonly {
        readonly role: "system" | "user" | "assistant";
        readonly content: string;
      }[];
      /** The last message is the assistant's, and is to be gone on with. */
      readonly continueFinalMessage?: boolean;
    }
  | { readonly prompt: string }
) & {
  /** Tokens to leave free for the answer: by default 512, but no more than a quarter of the context. */
  readonly reserve?: number;
  /** Only the counts, without `text` and `tokens`: for a gauge. */
  readonly countOnly?: boolean;
};

/** What `/app/prompt` answers, with `countOnly`. */
export interface PromptCount {
  /** Tokens of all that was passed. */
  readonly wholeTokens: number;
  /** Tokens of what is left when the `dropped` messages are: what the model is sent. */
  readonly promptTokens: number;
  readonly contextSize: number;
  /** Tokens that are left free for the answer. */
  readonly reserve: number;
  /** Places in `messages` of those that must be left out to fit: the oldest questions with their answers. */
  readonly dropped: readonly number[];
  /** False where even the newest question alone leaves less than `reserve` free. */
  readonly fits: boolean;
}

/** What `/app/prompt` answers: of what is left, exactly what the model is sent. */
export interface PromptView extends PromptCount {
  readonly text: string;
  readonly tokens: readonly PromptToken[];
}

/** A token of the prompt. */
export interface PromptToken {
  readonly id: number;
  /** Its text with its spaces; of a byte that is no character by itself, its name, such as `<0xF0>`; of BOS and EOS, `<s>` and `</s>`. */
  readonly text: string;
  readonly kind: "bos" | "eos" | "byte" | "text";
}

/** `POST /app/benchmark` measures the loaded model here, and is answered with SSE events of this type; the last is `done` or `error`. */
export type BenchmarkEvent =
  | { readonly phase: "prompt" | "generation"; readonly fraction: number }
  | { readonly phase: "done"; readonly result: BenchmarkResult }
  | { readonly phase: "error"; readonly error: AppError };

/** How fast the model is on this machine. */
interface BenchmarkResult {
  readonly promptTokens: number;
  readonly promptTokensPerSecond: number;
  readonly generatedTokens: number;
  readonly generatedTokensPerSecond: number;
}

/**
 * `POST /app/training`: teaches an adapter to the model that answers, beside its answers. Answered with the state (202) at once;
 * the rest is told by `/app/events`. One at a time. `DELETE /app/training` ends it.
 */
export interface TrainingRequest {
  /** The adapter's, and its file's. */
  readonly name: string;
  /** What to learn: a file's text, or conversations in ShareGPT's form, a line each. */
  readonly dataset: string;
  readonly rank: number;
  readonly alpha: number;
  readonly learningRate: number;
  readonly epochs: number;
  /** On the wire `attention` for the two, which are PEFT's for Llama. */
  readonly targets: "all-linear" | readonly ("q_proj" | "v_proj")[];
}

export interface TrainingState {
  /** False where `@llama2-kit/training` is not installed. */
  readonly isAvailable: boolean;
  /** Where adapters are written, on the server's machine. */
  readonly folder: string;
  /** The training that runs, or the last one. */
  readonly run?: TrainingRun | undefined;
}

/** A step, and its loss. */
export type LossPoint = readonly [step: number, loss: number];

/** A training. */
export interface TrainingRun {
  readonly status: "running" | "stopping" | "done" | "stopped" | "failed";
  readonly name: string;
  /** The adapter's file. */
  readonly path: string;
  /** What has become of the dataset's rows, once they are read. */
  readonly report?: {
    readonly rows: number;
    readonly examples: number;
    readonly tokens: number;
    readonly lossTokens: number;
    readonly cutRows: number;
    readonly droppedRows: number;
    /** The first rows that were dropped or cut, by their lines in the file. */
    readonly faults: readonly { readonly line: number; readonly reason: string }[];
  };
  /** Steps done, of `steps`; both 0 before the first. */
  readonly step: number;
  readonly steps: number;
  readonly losses: readonly LossPoint[];
  readonly tokensPerSecond?: number;
  /** Seconds until the end. */
  readonly eta?: number;
  /** What the training took, once it is done. */
  readonly memoryBytes?: number;
  readonly error?: AppError;
}
