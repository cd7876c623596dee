import type { ModelState } from "../src/app-api.ts";
import type { ModelHolder } from "./model-holder.ts";

/** Tells on stderr what becomes of the models that are loaded, a line each, until something has ended. */
export async function tellProgress(holder: ModelHolder, ended: Promise<void>): Promise<void> {
  const stop = new AbortController();
  const watched = watch(holder, stop.signal);
  try {
    await ended;
  } finally {
    stop.abort();
    await watched;
  }
}

async function watch(holder: ModelHolder, signal: AbortSignal): Promise<void> {
  let told = "";
  for await (const state of holder.states(signal)) {
    const line = describe(state);
    if (line !== told) process.stderr.write(`${line}\n`);
    told = line;
  }
}

function describe(state: ModelState): string {
  switch (state.status) {
    case "ready": {
      const { id, quantization, contextSize, device } = state.answering;
      return `Ready: ${id} (${quantization}, ${contextSize} tokens of context, ${device})`;
    }
    case "loading":
      return state.progress.phase === "downloading"
        ? `Downloading ${state.source}: the page shows how far it is.`
        : `Loading ${state.source}`;
    case "failed":
      return `${state.error.message} Another model can be chosen on the page.`;
  }
}
