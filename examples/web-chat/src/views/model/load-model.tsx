import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";
import type { LoadProgress, ModelState } from "../../app-api.ts";
import { formatBytes } from "./format-numbers.ts";

/** What to try first, for those who have no file yet. */
const WELL_KNOWN: readonly { name: string; source: string }[] = [
  {
    name: "Llama 2 7B Chat (4.1 GB)",
    source: "hf:TheBloke/Llama-2-7B-Chat-GGUF/llama-2-7b-chat.Q4_K_M.gguf",
  },
  { name: "Cria (comes with the app)", source: "cria" },
];

/** Loads another model, and tells how that goes. */
export function LoadModel({ model }: { model: ModelState }): VNode {
  const { server } = useApp();
  const source = useRef<HTMLInputElement>(null);
  const context = useRef<HTMLInputElement>(null);
  const adapter = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const card = useRef<HTMLElement>(null);
  const isLoading = model.status === "loading";
  useEffect(() => {
    // What becomes of it is told below the form, where a phone has no room left.
    if (model.status !== "ready") card.current?.scrollIntoView({ block: "end" });
  }, [model.status]);
  const load = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setProblem("");
    const contextSize = context.current?.valueAsNumber;
    const path = adapter.current?.value.trim() ?? "";
    try {
      await server.load({
        model: source.current?.value.trim() ?? "",
        ...(contextSize && { contextSize }),
        ...(path !== "" && { adapters: [{ name: nameOf(path), path }] }),
      });
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <section class="card" ref={card} aria-labelledby="load-title">
      <h2 id="load-title">Load another model</h2>
      <form class="load-form" onSubmit={(event) => void load(event)}>
        <label class="field">
          <span>Path on the server, or hf: address</span>
          <input
            ref={source}
            type="text"
            required
            spellcheck={false}
            placeholder="hf:user/repository:Q4_K_M"
          />
        </label>
        <div class="suggested">
          {WELL_KNOWN.map(({ name, source: address }) => (
            <button
              type="button"
              class="pill"
              key={address}
              onClick={() => {
                if (source.current) source.current.value = address;
              }}
            >
              {name}
            </button>
          ))}
        </div>
        <details class="plain">
          <summary>More</summary>
          <div class="fields">
            <label class="field">
              <span>Context, in tokens</span>
              <input ref={context} type="number" min={64} step={1} placeholder="the model's own" />
            </label>
            <label class="field">
              <span>LoRA adapter, a path on the server</span>
              <input ref={adapter} type="text" spellcheck={false} placeholder="none" />
            </label>
          </div>
        </details>
        <div class="form-actions">
          <button type="submit" class="button primary">
            Load
          </button>
        </div>
      </form>
      {problem && (
        <p class="fault" role="alert">
          {problem}
        </p>
      )}
      {model.status === "failed" && (
        <div class="note bad" role="alert">
          <strong>{model.source} could not be loaded.</strong> {model.error.message}
        </div>
      )}
      {isLoading && (
        <Progress
          source={model.source}
          progress={model.progress}
          keeps={model.answering !== undefined}
        />
      )}
    </section>
  );
}

/** An adapter is called as its file is. */
function nameOf(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? path;
  return file.replace(/\.gguf$/i, "") || path;
}

const PHASES: Readonly<Record<LoadProgress["phase"], string>> = {
  starting: "Looking for it",
  downloading: "Downloading",
  freeing: "Making room",
  loading: "Loading",
};

function Progress(props: { source: string; progress: LoadProgress; keeps: boolean }): VNode {
  const { source, progress, keeps } = props;
  const { server, toasts } = useApp();
  const { phase, fraction, loadedBytes, totalBytes } = progress;
  const cancel = (): void => {
    server.cancelLoading().catch((error: Error) => toasts.show(error.message));
  };
  return (
    <div class="load-progress">
      <div>
        <strong>
          {PHASES[phase]} {source}
        </strong>
        {loadedBytes !== undefined && (
          <span>
            {formatBytes(loadedBytes)}
            {totalBytes !== undefined && ` of ${formatBytes(totalBytes)}`}
          </span>
        )}
      </div>
      <progress
        aria-label={PHASES[phase]}
        {...(fraction !== undefined && { value: fraction })}
        max={1}
      />
      <div class="form-actions">
        <span class="hint">
          {keeps
            ? "The model before goes on answering meanwhile."
            : "Nothing can answer until it is there."}
        </span>
        <button type="button" class="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}
