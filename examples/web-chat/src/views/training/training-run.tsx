import type { VNode } from "preact";
import { useApp, useSettings } from "../../app/context.ts";
import type { LoadedModel, TrainingRun } from "../../app-api.ts";
import { formatBytes } from "../model/format-numbers.ts";
import { DatasetReport } from "./dataset-report.tsx";
import { LossCurve } from "./loss-curve.tsx";

const TITLES: Readonly<Record<TrainingRun["status"], string>> = {
  running: "Teaching",
  stopping: "Stopping",
  done: "Taught",
  stopped: "Stopped:",
  failed: "Failed:",
};

/** How the training goes, and what to do with its adapter. */
export function TrainingRunCard(props: {
  run: TrainingRun;
  model: LoadedModel | undefined;
}): VNode {
  const { run, model } = props;
  const { server, toasts } = useApp();
  const { status, name, step, steps, losses } = run;
  const stop = (): void => {
    server.stopTraining().catch((error: Error) => toasts.show(error.message));
  };
  return (
    <section class="card" aria-labelledby="run-title">
      <h2 id="run-title">
        {TITLES[status]} {name}
      </h2>
      {status === "failed" && (
        <p class="fault" role="alert">
          {run.error?.message}
        </p>
      )}
      {status === "running" && (
        <div class="load-progress">
          <div>
            <span>
              {steps === 0 ? "Reading, and checking the engine…" : `Step ${step} of ${steps}`}
            </span>
            {run.eta !== undefined && <span>{formatDuration(run.eta)} left</span>}
          </div>
          <progress aria-label="Steps" {...(steps > 0 && { value: step })} max={steps || 1} />
        </div>
      )}
      {losses.length > 1 && <LossCurve losses={losses} />}
      {losses.length > 0 && <Figures run={run} />}
      {run.report && <DatasetReport report={run.report} />}
      {status === "running" && (
        <div class="form-actions">
          <button type="button" class="button" onClick={stop}>
            Stop
          </button>
        </div>
      )}
      {status === "done" && <Offer run={run} model={model} />}
    </section>
  );
}

function Figures({ run }: { run: TrainingRun }): VNode {
  const { losses, tokensPerSecond = 0, memoryBytes } = run;
  const facts: readonly (readonly [string, string])[] = [
    ["loss", (losses.at(-1)?.[1] ?? 0).toFixed(3)],
    ["tokens/s", Math.round(tokensPerSecond).toLocaleString("en")],
    ...(memoryBytes === undefined ? [] : [["memory", formatBytes(memoryBytes)] as const]),
  ];
  return (
    <dl class="figures">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The adapter, once the model is loaded with it. */
function Offer({ run, model }: { run: TrainingRun; model: LoadedModel | undefined }): VNode {
  const { settings } = useApp();
  const { adapters } = useSettings();
  const { name, path } = run;
  const isThere = model?.adapters.some((adapter) => adapter.path === path);
  if (!isThere) return <p class="hint">It is in {path}. Load the model with it to use it.</p>;
  const isOn = name in adapters;
  const { [name]: _, ...others } = adapters;
  const turn = (): void => settings.set({ adapters: isOn ? others : { ...others, [name]: 1 } });
  return (
    <div class="form-actions">
      <button type="button" class={isOn ? "button" : "button primary"} onClick={turn}>
        {isOn ? "Switch it off" : "Switch it on"}
      </button>
      <span class="hint">
        {isOn ? "The next answer is with it." : "Answers are without it."} How strongly it acts is
        set under Model.
      </span>
    </div>
  );
}

function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
