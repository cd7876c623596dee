import {
  Fields,
  readJson,
  readMessages,
  refuseTooLong,
  ServerError,
} from "@llama2-kit/server/routes";
import type { AppState } from "../src/app-api.ts";
import { runBenchmark } from "./benchmark.ts";
import { eventResponse } from "./event-response.ts";
import type { ModelHolder } from "./model-holder.ts";
import { PromptViewer } from "./prompt-view.ts";
import { readLoadRequest } from "./read-load-request.ts";
import { readTrainingRequest } from "./read-training-request.ts";
import type { ServedModel } from "./served-model.ts";
import type { TrainingHolder } from "./training-holder.ts";

/** As much as a conversation of any length that a browser keeps. */
const MOST_BODY_BYTES = 4 * 2 ** 20;

/** A dataset of ten thousand conversations, as text: larger ones are for the command. */
const MOST_DATASET_BYTES = 64 * 2 ** 20;

/** What the routes work with. */
export interface AppContext {
  readonly holder: ModelHolder;
  readonly trainings: TrainingHolder;
  readonly version: string;
  readonly needsKey: boolean;
  /** Fires when the server ends. */
  readonly ending: AbortSignal;
}

type Route = (request: Request, context: AppContext) => Response | Promise<Response>;

/** What the page asks of its own server, beside the API. */
export const APP_ROUTES: Readonly<Record<string, Route>> = {
  "GET /app/state": (_, context) => Response.json(stateOf(context)),

  "GET /app/events": (_, context) =>
    eventResponse(async function* (signal): AsyncGenerator<AppState> {
      for await (const _ of context.holder.states(signal)) yield stateOf(context);
    }, context.ending),

  "POST /app/model": async (request, context) => {
    context.holder.load(readLoadRequest(await readFields(request)));
    return Response.json(stateOf(context), { status: 202 });
  },

  "DELETE /app/model/loading": (_, context) => {
    context.holder.cancel();
    return Response.json(stateOf(context));
  },

  "POST /app/training": async (request, context) => {
    const fields = new Fields(await readJson(request, MOST_DATASET_BYTES));
    await context.trainings.start(readTrainingRequest(fields), answering(context.holder));
    return Response.json(stateOf(context), { status: 202 });
  },

  "DELETE /app/training": (_, context) => {
    context.trainings.stop();
    return Response.json(stateOf(context));
  },

  "POST /app/prompt": async (request, { holder }) => {
    const fields = await readFields(request);
    return Response.json(viewPrompt(fields, answering(holder)));
  },

  "POST /app/benchmark": async (request, { holder, ending }) => {
    await readFields(request);
    const { model } = answering(holder);
    return eventResponse((signal) => runBenchmark(model, signal), ending);
  },
};

function stateOf({ holder, trainings, version, needsKey }: AppContext): AppState {
  return { version, needsKey, model: holder.state, training: trainings.state };
}

async function readFields(request: Request): Promise<Fields> {
  return new Fields(await readJson(request, MOST_BODY_BYTES));
}

/** @throws ServerError `MODEL_LOADING` or `MODEL_FAILED` */
function answering({ answering, state }: ModelHolder): ServedModel {
  if (answering) return answering;
  if (state.status === "loading") {
    throw new ServerError("MODEL_LOADING", "The model is being loaded. Try again soon.");
  }
  throw new ServerError("MODEL_FAILED", "No model is loaded. Load one.");
}

/** One for each model, as it remembers counts and texts. */
const viewers = new WeakMap<ServedModel, PromptViewer>();

function viewPrompt(fields: Fields, served: ServedModel): object {
  const { model } = served;
  const viewer = viewers.get(served) ?? new PromptViewer(model);
  viewers.set(served, viewer);
  const reserve = fields.integer("reserve", { min: 0 });
  const countOnly = fields.boolean("countOnly") ?? false;
  const prompt = fields.string("prompt");
  if (prompt !== undefined) {
    refuseTooLong(model, "prompt", prompt);
    return countOnly ? viewer.countText(prompt, reserve) : viewer.viewText(prompt, reserve);
  }
  const messages = readMessages(fields);
  for (const [index, { content }] of messages.entries()) {
    refuseTooLong(model, `messages[${index}].content`, content);
  }
  const continueFinalMessage = fields.boolean("continueFinalMessage") ?? false;
  const conversation = { messages, continueFinalMessage };
  return countOnly
    ? viewer.countChat(conversation, reserve)
    : viewer.viewChat(conversation, reserve);
}
