import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useApp, useSettings, useValue } from "../../app/context.ts";
import { Icon } from "../../components/icon.tsx";
import { ViewHead } from "../../components/view-head.tsx";
import { Notebook } from "./notebook.ts";
import { PROMPT_TEMPLATES } from "./templates.ts";

/** How long to wait for the next key before the text is kept or counted, in milliseconds. */
const PAUSE = 400;

/** A text that the model goes on with, without any chat. */
export function NotebookView(): VNode {
  const { settings, source, status } = useApp();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(settings.get().notebook);
  const notebook = useMemo(() => {
    const write = (changed: string): void => {
      if (field.current) field.current.value = changed;
      setText(changed);
    };
    const append = (piece: string): void => appendTo(field.current, piece, setText);
    const read = (): string => field.current?.value ?? "";
    return new Notebook({ read, write, append }, (prompt, signal) =>
      source.complete(prompt, signal),
    );
  }, []);
  const state = useValue(notebook.state);
  useEffect(() => () => notebook.stop(), []);
  useEffect(() => {
    const timer = setTimeout(() => settings.set({ notebook: text }), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const generate = async (): Promise<void> => {
    status.set("Writing…");
    await notebook.generate();
    status.set("Finished.");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void generate();
  };
  return (
    <div class="view notebook">
      <ViewHead title="Notebook" />
      <div class="notebook-body">
        <div class="notebook-tools">
          <TemplateChoice onChoose={(wrap) => notebook.replace(wrap(text))} />
          <button
            type="button"
            class="button"
            disabled={!state.canUndo}
            onClick={() => notebook.undo()}
          >
            <Icon name="undo" />
            Undo
          </button>
        </div>
        <textarea
          ref={field}
          class="notebook-field"
          aria-label="Text"
          placeholder="Write the beginning; the model goes on with it."
          spellcheck={false}
          defaultValue={text}
          readOnly={state.isRunning}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {state.problem && (
          <p class="fault" role="alert">
            {state.problem.title}. {state.problem.detail}
          </p>
        )}
        <div class="notebook-foot">
          <NotebookFacts
            text={text}
            isRunning={state.isRunning}
            tokensPerSecond={state.tokensPerSecond}
          />
          {state.isRunning ? (
            <button type="button" class="button primary" data-stop onClick={() => notebook.stop()}>
              <Icon name="stop" />
              Stop
            </button>
          ) : (
            <button type="button" class="button primary" onClick={() => void generate()}>
              Continue the text
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

/** Appends to a field, and keeps its end in view where it was. */
function appendTo(
  field: HTMLTextAreaElement | null,
  piece: string,
  onChange: (text: string) => void,
): void {
  if (!field) return;
  const isAtEnd = field.scrollHeight - field.scrollTop - field.clientHeight < 48;
  field.setRangeText(piece, field.value.length, field.value.length, "end");
  if (isAtEnd) field.scrollTop = field.scrollHeight;
  onChange(field.value);
}

function TemplateChoice({
  onChoose,
}: {
  onChoose: (wrap: (text: string) => string) => void;
}): VNode {
  return (
    <label class="field inline">
      <span>Put the text into</span>
      <select
        value=""
        onChange={({ currentTarget }) => {
          const template = PROMPT_TEMPLATES[Number(currentTarget.value)];
          currentTarget.value = "";
          if (template) onChoose(template.wrap);
        }}
      >
        <option value="" disabled hidden>
          a prompt template…
        </option>
        {PROMPT_TEMPLATES.map(({ name, about }, index) => (
          <option key={name} value={index} title={about}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function NotebookFacts(props: {
  text: string;
  isRunning: boolean;
  tokensPerSecond: number | undefined;
}): VNode {
  const { text, isRunning, tokensPerSecond } = props;
  const { server } = useApp();
  const isForeign = useSettings().server !== null;
  const [told, setTold] = useState("");
  useEffect(() => {
    if (isForeign || isRunning || text === "") return setTold("");
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { wholeTokens, contextSize } = await server.count({ prompt: text }, abort.signal);
        setTold(`${wholeTokens} / ${contextSize} tokens`);
      } catch {
        // It is only a help.
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, isRunning, isForeign]);
  const speed = tokensPerSecond === undefined ? "" : `${Math.round(tokensPerSecond)} tokens/s`;
  return (
    <p class="hint">
      {[told, speed].filter((part) => part !== "").join(" · ") || "Ctrl Enter continues the text."}
    </p>
  );
}
