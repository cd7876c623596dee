import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";
import type { LoadedModel } from "../../app-api.ts";
import { exportShareGPT } from "../../store/transfer.ts";
import { formatBytes } from "../model/format-numbers.ts";
import { ChooseConversations } from "./choose-conversations.tsx";

interface Props {
  readonly model: LoadedModel;
  readonly folder: string;
  readonly isBusy: boolean;
}

/** What to learn and how. Fields are read when it is sent. */
export function TrainingForm({ model, folder, isBusy }: Props): VNode {
  const { server, store } = useApp();
  const [from, setFrom] = useState<"file" | "conversations">("file");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState("");
  const readDataset = async (fields: FormData): Promise<string> => {
    if (from === "file") return (fields.get("file") as File).text();
    const all = await store.all();
    return exportShareGPT(all.filter(({ conversation }) => chosen.has(conversation.id)));
  };
  const teach = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const number = (name: string) => Number(fields.get(name));
    setProblem("");
    try {
      await server.train({
        name: fields.get("name"),
        dataset: await readDataset(fields),
        rank: number("rank"),
        alpha: number("alpha"),
        learningRate: number("learningRate"),
        epochs: number("epochs"),
        targets: fields.get("targets"),
      });
      document.querySelector(".scroller")?.scrollTo({ top: 0 });
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const isEmpty = from === "conversations" && chosen.size === 0;
  return (
    <section class="card" aria-labelledby="teach-title">
      <h2 id="teach-title">Teach {model.id} something</h2>
      <form class="load-form" onSubmit={(event) => void teach(event)}>
        <fieldset class="choice">
          <legend>What to learn</legend>
          <Choice label="A file" isChosen={from === "file"} choose={() => setFrom("file")} />
          <Choice
            label="Conversations of this browser"
            isChosen={from === "conversations"}
            choose={() => setFrom("conversations")}
          />
        </fieldset>
        {from === "file" ? (
          <label class="field">
            <span>JSON Lines of OpenAI's, ShareGPT's or Alpaca's form, or text</span>
            <input type="file" name="file" required accept=".jsonl,.json,.txt,.md" />
          </label>
        ) : (
          <ChooseConversations chosen={chosen} choose={setChosen} />
        )}
        <label class="field">
          <span>Name of the adapter, in {folder}</span>
          <input type="text" name="name" required maxLength={64} spellcheck={false} />
        </label>
        <div class="training-fields">
          <NumberField label="Epochs" name="epochs" value="3" min="0.01" />
          <NumberField label="Learning rate" name="learningRate" value="2e-4" min="1e-9" />
          <NumberField label="Rank" name="rank" value="16" min="1" step="1" />
        </div>
        <details class="plain">
          <summary>More</summary>
          <div class="training-fields fields">
            <NumberField label="Alpha" name="alpha" value="16" min="0.001" />
            <label class="field">
              <span>Layers</span>
              <select name="targets">
                <option value="all-linear">all</option>
                <option value="attention">queries and values</option>
              </select>
            </label>
          </div>
        </details>
        <div class="form-actions">
          <button type="submit" class="button primary" disabled={isBusy || isEmpty}>
            Teach
          </button>
          <span class="hint">
            It takes {formatBytes(model.fileBytes)} of memory for the model once more, and some for
            what it learns. What does not fit is refused before it begins.
          </span>
        </div>
      </form>
      {problem && (
        <p class="fault" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function Choice(props: { label: string; isChosen: boolean; choose: () => void }): VNode {
  const { label, isChosen, choose } = props;
  return (
    <label>
      <input type="radio" name="from" checked={isChosen} onChange={choose} />
      {label}
    </label>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly min: string;
  readonly step?: string;
}

function NumberField({ label, name, value, min, step = "any" }: NumberFieldProps): VNode {
  return (
    <label class="field">
      <span>{label}</span>
      <input type="number" required {...{ name, min, step }} defaultValue={value} />
    </label>
  );
}
