import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { TextField } from "../../components/text-field.tsx";
import type { Parameter } from "../../parameters/table.ts";
import { faultOf } from "../../parameters/wire-fields.ts";

/** One parameter: its value, its range, and what it does. */
export function ParameterRow(props: {
  parameter: Parameter;
  value: number | string | undefined;
  isIdle: boolean;
  /** Undefined leaves it to the server. */
  onChange: (value: number | string | undefined) => void;
}): VNode {
  const { parameter, value, isIdle, onChange } = props;
  const id = useId();
  const isNumber = parameter.kind === "number" || parameter.kind === "integer";
  const fault = value === undefined || value === "" ? undefined : faultOf(parameter, value);
  return (
    <div class="parameter" data-set={value !== undefined} data-idle={isIdle}>
      <div class="parameter-head">
        <label for={id}>{parameter.label}</label>
        {value !== undefined && (
          <button
            type="button"
            class="link"
            aria-label={`Reset ${parameter.label}`}
            onClick={() => onChange(undefined)}
          >
            Reset
          </button>
        )}
        {isNumber && (
          <NumberField id={id} parameter={parameter} value={value} onChange={onChange} />
        )}
      </div>
      {isNumber ? (
        <Slider parameter={parameter} value={value} onChange={onChange} />
      ) : (
        <TextField
          label={parameter.label}
          value={String(value ?? "")}
          spellcheck={false}
          onInput={(text) => onChange(text === "" ? undefined : text)}
        />
      )}
      {fault && <p class="fault">{fault}</p>}
      <p class="about">{parameter.about}</p>
    </div>
  );
}

interface NumberProps {
  readonly parameter: Parameter;
  readonly value: number | string | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function NumberField({ id, parameter, value, onChange }: NumberProps & { id: string }): VNode {
  const [text, setText] = useState<string | undefined>(undefined);
  const { min, max, step, kind } = parameter;
  const shown = text ?? String(value ?? parameter.default ?? "");
  return (
    <input
      id={id}
      type="number"
      class="number"
      min={min}
      max={max}
      step={kind === "integer" ? 1 : (step ?? "any")}
      placeholder="auto"
      value={shown}
      onInput={({ currentTarget }) => {
        setText(currentTarget.value);
        const number = currentTarget.valueAsNumber;
        onChange(Number.isNaN(number) ? undefined : number);
      }}
      onBlur={() => setText(undefined)}
    />
  );
}

/** For what has a usual range; a seed has none. */
function Slider({ parameter, value, onChange }: NumberProps): VNode | null {
  const { min = 0, max, usualMax = max, step = 1, label, field } = parameter;
  if (usualMax === undefined || field === "seed") return null;
  return (
    <input
      type="range"
      aria-label={`${label}, slider`}
      min={step < 1 && min > 0 && min < step ? step : min}
      max={usualMax}
      step={step}
      value={Number(value ?? parameter.default ?? usualMax)}
      onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
    />
  );
}
