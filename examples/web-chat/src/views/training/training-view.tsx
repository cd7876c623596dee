import type { VNode } from "preact";
import { useConnection } from "../../app/context.ts";
import { CardsView } from "../../components/cards-view.tsx";
import { TrainingForm } from "./training-form.tsx";
import { TrainingRunCard } from "./training-run.tsx";

/** Teaches the model something: what to learn, how, and how that goes. */
export function TrainingView(): VNode {
  const { app } = useConnection();
  const answering = app?.model.answering;
  const training = app?.training;
  const run = training?.run;
  const isBusy = run?.status === "running" || run?.status === "stopping";
  return (
    <CardsView title="Training">
      {training && !training.isAvailable && (
        <p class="note">
          Trainings need one more package. In the folder of this app:{" "}
          <code>npm install @llama2-kit/training</code>, then start it again.
        </p>
      )}
      {run && <TrainingRunCard key={run.path} run={run} model={answering} />}
      {training?.isAvailable && answering && (
        <TrainingForm model={answering} folder={training.folder} isBusy={isBusy} />
      )}
      {training?.isAvailable && !answering && <p class="note">There is no model to teach yet.</p>}
    </CardsView>
  );
}
