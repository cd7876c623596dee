import { access, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ServerError } from "@llama2-kit/server/routes";
import type { TrainingProgress } from "@llama2-kit/training";
import type { LossPoint, TrainingRequest, TrainingRun, TrainingState } from "../src/app-api.ts";
import { describeError } from "./describe-error.ts";
import type { ModelHolder } from "./model-holder.ts";
import type { ServedModel } from "./served-model.ts";
import { noteAdapter } from "./taught-adapters.ts";

/** Points of the curve that are kept: as many as a screen shows. Where there are more, every second one goes. */
const MOST_POINTS = 400;

/** Between two reports of progress: people see no more, and each has the whole curve. */
const PROGRESS_MS = 250;

/** Faults of the dataset that are told. */
const MOST_FAULTS = 20;

/** An adapter's name, which becomes a file's: no way out of the folder, and nothing that a system could trip over. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u;

type Training = typeof import("@llama2-kit/training");

/** Teaches adapters to the model that answers, one at a time, in a process of its own. */
export class TrainingHolder {
  readonly #models: ModelHolder;
  readonly #folder: string;
  readonly #training: Promise<Training | undefined>;
  #isAvailable = true;
  #run: TrainingRun | undefined;
  #controller = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #toldAt = 0;

  /** @param folder - where adapters are written; it is made with the first */
  constructor(models: ModelHolder, folder: string) {
    this.#models = models;
    this.#folder = resolve(folder);
    this.#training = import("@llama2-kit/training").catch(() => {
      this.#isAvailable = false;
      models.tell();
      return undefined;
    });
  }

  get state(): TrainingState {
    return { isAvailable: this.#isAvailable, folder: this.#folder, run: this.#run };
  }

  /**
   * Begins to teach an adapter. Its progress is told with the model's.
   *
   * @throws ServerError `BAD_REQUEST` where it cannot begin
   */
  async start(request: TrainingRequest, served: ServedModel): Promise<void> {
    const training = await this.#training;
    if (!training)
      throw refused("Trainings need @llama2-kit/training: npm install it, and restart.");
    if (this.#isBusy) throw refused("A training is under way. Stop it, or wait for its end.");
    const { name } = request;
    if (!NAME.test(name)) {
      const allowed = "letters, digits, spaces, dots, _ and -, with a letter or digit at both ends";
      throw refused(`A name has 1 to 64 ${allowed}.`, "name");
    }
    const path = join(this.#folder, `${name}.gguf`);
    this.#controller = new AbortController();
    this.#run = { status: "running", name, path, step: 0, steps: 0, losses: [] };
    this.#models.tell();
    this.#work = this.#teach(training, request, served, path);
  }

  /** Ends the training that runs. Does nothing where none does. */
  stop(): void {
    if (this.#run?.status !== "running") return;
    this.#set({ status: "stopping" });
    this.#controller.abort();
  }

  /** Ends all that runs. */
  async dispose(): Promise<void> {
    this.stop();
    await this.#work;
  }

  get #isBusy(): boolean {
    return this.#run?.status === "running" || this.#run?.status === "stopping";
  }

  async #teach(
    { readDataset, trainAdapter }: Training,
    { dataset: text, rank, alpha, learningRate, epochs, targets }: TrainingRequest,
    { model }: ServedModel,
    path: string,
  ): Promise<void> {
    const { signal } = this.#controller;
    const sequenceLength = Math.min(512, model.contextSize);
    try {
      await this.#prepare(path);
      const data = readDataset(textStream(text), {
        tokenizer: { encode: (part) => model.tokenize(part) },
        sequenceLength,
        mergeConsecutive: true,
        signal,
      });
      const tellReport = () => this.#set({ report: reportOf(data.report) });
      const { memoryBytes } = await trainAdapter({
        model: model.path,
        dataset: thenTell(data.training, tellReport),
        output: path,
        ...{ rank, alpha, learningRate, epochs, targets, sequenceLength, signal },
        gradientAccumulation: 1,
        device: model.gpu || "cpu",
        onProgress: (progress) => this.#tellStep(progress),
      });
      await noteAdapter(path, model.path);
      this.#set({ status: "done", memoryBytes });
      this.#offer(model.path);
    } catch (error) {
      // The page does not go on with a training: it begins anew.
      await rm(`${path}.checkpoint`, { force: true }).catch(() => {});
      if (signal.aborted) this.#set({ status: "stopped" });
      else this.#set({ status: "failed", error: describeError(error) });
    }
  }

  async #prepare(path: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) throw new Error(`${path} exists already. Choose another name.`);
  }

  #tellStep({ step, steps, loss, tokensPerSecond, eta }: TrainingProgress): void {
    const before = this.#run?.losses ?? [];
    const losses = thinned([...before, [step, Number(loss.toPrecision(5))]]);
    const isLate = step < steps && performance.now() - this.#toldAt < PROGRESS_MS;
    const run = { step, steps, losses, tokensPerSecond, eta };
    if (isLate) this.#run = { ...(this.#run as TrainingRun), ...run };
    else {
      this.#toldAt = performance.now();
      this.#set(run);
    }
  }

  /** Loads the model again with the new adapter, unless another one answers by now. */
  #offer(taught: string): void {
    const served = this.#models.answering;
    if (served?.model.path !== taught || this.#models.state.status === "loading") return;
    this.#models.load(served.request);
  }

  #set(change: Partial<TrainingRun>): void {
    this.#run = { ...(this.#run as TrainingRun), ...change };
    this.#models.tell();
  }
}

function refused(message: string, parameter?: string): ServerError {
  return new ServerError("BAD_REQUEST", message, { parameter });
}

async function* textStream(text: string): AsyncGenerator<string> {
  yield text;
}

async function* thenTell<Value>(
  values: AsyncIterable<Value>,
  tell: () => void,
): AsyncGenerator<Value> {
  yield* values;
  tell();
}

function thinned(points: readonly LossPoint[]): readonly LossPoint[] {
  if (points.length <= MOST_POINTS) return points;
  return points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}

type Report = ReturnType<Training["readDataset"]>["report"];

function reportOf(report: Report): NonNullable<TrainingRun["report"]> {
  const { rows, examples, tokens, lossTokens, cutRows, droppedRows, cut, dropped } = report;
  const faults = [...dropped, ...cut].map(({ line, reason }) => ({ line, reason }));
  const counts = { rows, examples, tokens, lossTokens, cutRows, droppedRows };
  return { ...counts, faults: faults.slice(0, MOST_FAULTS) };
}
