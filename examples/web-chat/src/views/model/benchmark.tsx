import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";
import type { BenchmarkEvent, LoadedModel } from "../../app-api.ts";

/** Measures how fast the model is on this machine. */
export function Benchmark({ model }: { model: LoadedModel }): VNode {
  const { server, status } = useApp();
  const [event, setEvent] = useState<BenchmarkEvent | undefined>(undefined);
  const abort = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const isRunning = event?.phase === "prompt" || event?.phase === "generation";
  const measure = async (): Promise<void> => {
    const own = new AbortController();
    abort.current = own;
    setEvent({ phase: "prompt", fraction: 0 });
    try {
      for await (const told of server.benchmark(own.signal)) setEvent(told);
      status.set("Benchmark finished.");
    } catch (error) {
      if (own.signal.aborted) return setEvent(undefined);
      setEvent({ phase: "error", error: { message: (error as Error).message, code: "" } });
    }
  };
  return (
    <section class="card" aria-labelledby="benchmark-title">
      <h2 id="benchmark-title">Speed on this machine</h2>
      {event ? (
        <Result event={event} />
      ) : (
        <p class="hint">
          Measures {model.id} on {model.device}.
        </p>
      )}
      <div class="form-actions">
        {isRunning ? (
          <button type="button" class="button" onClick={() => abort.current?.abort()}>
            Cancel
          </button>
        ) : (
          <button type="button" class="button" onClick={() => void measure()}>
            {event ? "Measure again" : "Measure"}
          </button>
        )}
      </div>
    </section>
  );
}

function Result({ event }: { event: BenchmarkEvent }): VNode {
  if (event.phase === "error") {
    return (
      <p class="fault" role="alert">
        {event.error.message}
      </p>
    );
  }
  if (event.phase !== "done") {
    const label = event.phase === "prompt" ? "Reading a prompt" : "Generating";
    return (
      <div class="load-progress">
        <span>{label}…</span>
        <progress aria-label={label} value={event.fraction} max={1} />
      </div>
    );
  }
  const { promptTokens, promptTokensPerSecond } = event.result;
  const { generatedTokens, generatedTokensPerSecond } = event.result;
  return (
    <dl class="figures">
      <Figure
        value={generatedTokensPerSecond}
        label={`tokens/s generated, of ${generatedTokens}`}
      />
      <Figure value={promptTokensPerSecond} label={`tokens/s read, of ${promptTokens}`} />
    </dl>
  );
}

function Figure({ value, label }: { value: number; label: string }): VNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en")}</dd>
    </div>
  );
}
