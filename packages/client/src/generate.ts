import type {
  ChatMessage,
  ChatOptions,
  GenerationController,
  GenerationOutcome,
} from "@llama2-kit/protocol";
import { Answer, type AnswerSetup } from "./answer.ts";
import { AnswerText, type TextKind } from "./answer-text.ts";
import { tryEndpoints } from "./attempts.ts";
import type { Dialect, WireRequest } from "./dialect.ts";
import { mergeFields, OptionWriter } from "./request-options.ts";
import type { Settings } from "./settings.ts";
import { readStream } from "./stream-answer.ts";
import { abortable, Watch } from "./watch.ts";

/** What is to be generated: an answer to messages, or what follows a prompt. */
export interface Job {
  readonly messages?: readonly ChatMessage[] | undefined;
  readonly prompt?: string | ArrayLike<number> | undefined;
  readonly options: ChatOptions;
  /** When the caller asked, on `performance.now()`'s clock. */
  readonly startedAt: number;
}

/** How the servers are talked to, once that is known. */
export type FindDialect = (signal: AbortSignal) => Promise<Dialect>;

/** Generates: checks, asks, reads, and tries again where that is of use. */
export async function generate(
  settings: Settings,
  findDialect: FindDialect,
  given: Job,
  controller: GenerationController,
): Promise<GenerationOutcome> {
  const job = copyOf(given);
  const total = new Watch(controller.signal);
  total.start("total", settings.timeouts.totalMs, job.startedAt);
  const { signal } = total;
  let answer = begin(job, controller, "raw");
  try {
    const dialect = await abortable(findDialect(signal), signal);
    const plan = await makePlan(settings, dialect, job, signal);
    await tryEndpoints(settings, {
      signal,
      conversation: { messages: job.messages, prompt: plan.prompt },
      mayRepeat: () => !answer.hasBegun,
      run: async (endpoint) => {
        answer = begin(job, controller, plan.textKind, dialect, plan.warnings);
        const stream = { settings, dialect, endpoint, request: plan.request, signal };
        return readStream(stream, answer);
      },
    });
    return answer.outcome(answer.finishReason ?? "stop");
  } catch (error) {
    if (controller.signal.aborted) return answer.outcome("aborted");
    answer.flush(false);
    throw error;
  } finally {
    total.stop();
  }
}

/** A job that stays as it is, though the caller goes on to write into the conversation. */
function copyOf({ messages, prompt, options, ...others }: Job): Job {
  return {
    ...others,
    messages: messages?.map((message) => ({ ...message })),
    prompt: prompt === undefined ? prompt : textOrIds(prompt),
    options: { ...options },
  };
}

interface Plan {
  readonly request: WireRequest;
  readonly textKind: TextKind;
  readonly warnings: readonly string[];
  readonly prompt: string | number[] | undefined;
}

/** Lays out the request, with a prompt of the caller's own where one is given or made. */
async function makePlan(
  settings: Settings,
  dialect: Dialect,
  job: Job,
  signal: AbortSignal,
): Promise<Plan> {
  const { messages, options } = job;
  const { continueFinalMessage = false, ...others } = options;
  const ownPrompt = await layOut(settings, job, signal);
  const writer = new OptionWriter(
    dialect.name,
    settings.unsupported,
    settings.model,
    ownPrompt === undefined ? options : others,
  );
  const request =
    ownPrompt === undefined
      ? dialect.chat(messages ?? [], writer)
      : dialect.complete(ownPrompt, writer);
  const isContinued = continueFinalMessage && messages?.at(-1)?.role === "assistant";
  return {
    request: { ...request, body: mergeFields(request.body ?? {}, settings.extraBody) },
    textKind: messages === undefined ? "raw" : isContinued ? "rest" : "message",
    warnings: writer.warnings,
    prompt: ownPrompt,
  };
}

/** The BOS that a text begins with. Servers put one there themselves, and the model was never trained on two. */
const BOS = /^<s>/;

/** The prompt to be continued, where the server is not to lay it out. */
async function layOut(
  { formatPrompt }: Settings,
  { messages, prompt, options }: Job,
  signal: AbortSignal,
): Promise<string | number[] | undefined> {
  if (prompt !== undefined) return prompt as string | number[];
  if (!formatPrompt || !messages) return undefined;
  const { continueFinalMessage = false } = options;
  const made = Promise.resolve(formatPrompt(messages, { continueFinalMessage }));
  const laidOut = textOrIds(await abortable(made, signal));
  return typeof laidOut === "string" ? laidOut.replace(BOS, "") : laidOut;
}

/** JSON would make an object of a typed array. */
function textOrIds(prompt: string | ArrayLike<number>): string | number[] {
  return typeof prompt === "string" ? prompt : Array.from(prompt);
}

function begin(
  { options, startedAt }: Job,
  controller: GenerationController,
  kind: TextKind,
  dialect?: Dialect,
  warnings: readonly string[] = [],
): Answer {
  const stop = [options.stop ?? []].flat();
  const filter = stop.length > 0 ? dialect?.stopFilter?.(stop) : undefined;
  const setup: AnswerSetup = { wantsLogprobs: options.logprobs !== undefined, warnings, startedAt };
  return new Answer(controller, new AnswerText(kind, filter), setup);
}
