import type { VNode } from "preact";
import { useApp, useSettings } from "../../app/context.ts";
import { applyPreset, PRESETS, presetOf } from "../../parameters/presets.ts";
import {
  GROUPS,
  PARAMETERS,
  type ParameterGroup,
  type ParameterValues,
} from "../../parameters/table.ts";
import { isIdle } from "../../parameters/wire-fields.ts";
import { ParameterRow } from "./parameter-row.tsx";

/** Every option of how answers are generated. */
export function ParametersPanel(): VNode {
  const { settings } = useApp();
  const { parameters, probabilities, server } = useSettings();
  const preset = presetOf(parameters);
  const set = (values: ParameterValues): void => settings.set({ parameters: values });
  return (
    <div class="parameters">
      <fieldset class="presets">
        <legend>Presets</legend>
        {PRESETS.map((choice) => (
          <button
            type="button"
            key={choice.name}
            class="preset"
            aria-pressed={choice.name === preset}
            onClick={() => set(applyPreset(parameters, choice))}
          >
            <strong>{choice.name}</strong>
            <span>{choice.about}</span>
          </button>
        ))}
      </fieldset>
      {GROUPS.map((group) => (
        <Group key={group} group={group} values={parameters} onChange={set} />
      ))}
      <label class="switch">
        <input
          type="checkbox"
          checked={probabilities}
          disabled={server !== null}
          onChange={({ currentTarget }) => settings.set({ probabilities: currentTarget.checked })}
        />
        <span>
          <strong>Token probabilities</strong>
          Keep each token's probability and its alternatives, for the view of the tokens.
        </span>
      </label>
      <button
        type="button"
        class="button"
        disabled={Object.keys(parameters).length === 0}
        onClick={() => set({})}
      >
        Reset all
      </button>
    </div>
  );
}

function Group(props: {
  group: ParameterGroup;
  values: ParameterValues;
  onChange: (values: ParameterValues) => void;
}): VNode {
  const { group, values, onChange } = props;
  const rows = PARAMETERS.filter((parameter) => parameter.group === group);
  const changed = rows.filter(({ field }) => field in values).length;
  const isOpen = group === "Length" || group === "Sampling" || changed > 0;
  return (
    <details class="group" open={isOpen}>
      <summary>
        {group}
        {changed > 0 && <span class="count">{changed} set</span>}
      </summary>
      {rows.map((parameter) => (
        <ParameterRow
          key={parameter.field}
          parameter={parameter}
          value={values[parameter.field]}
          isIdle={isIdle(parameter, values)}
          onChange={(value) => {
            const { [parameter.field]: _, ...others } = values;
            onChange(value === undefined ? others : { ...others, [parameter.field]: value });
          }}
        />
      ))}
    </details>
  );
}
