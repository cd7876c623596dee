import type { VNode } from "preact";
import { useApp, useSettings } from "../../app/context.ts";
import type { LoadedModel } from "../../app-api.ts";

/** The LoRA adapters of the model: which of them answer, and how strongly. */
export function Adapters({ model }: { model: LoadedModel }): VNode | null {
  const { settings } = useApp();
  const { adapters } = useSettings();
  if (model.adapters.length === 0) return null;
  const set = (name: string, scale: number | undefined): void => {
    const { [name]: _, ...others } = adapters;
    settings.set({ adapters: scale === undefined ? others : { ...others, [name]: scale } });
  };
  return (
    <section class="card" aria-labelledby="adapters-title">
      <h2 id="adapters-title">LoRA adapters</h2>
      <ul class="adapters">
        {model.adapters.map(({ name, path, scale }) => (
          <li key={name}>
            <label class="switch">
              <input
                type="checkbox"
                checked={name in adapters}
                onChange={({ currentTarget }) =>
                  set(name, currentTarget.checked ? scale : undefined)
                }
              />
              <span>
                <strong>{name}</strong>
                {path}
              </span>
            </label>
            <label class="scale-field">
              <span>Scale</span>
              <input
                type="range"
                min={0}
                max={2}
                step={0.05}
                disabled={!(name in adapters)}
                value={adapters[name] ?? scale}
                onInput={({ currentTarget }) => set(name, currentTarget.valueAsNumber)}
              />
              <output>{(adapters[name] ?? scale).toFixed(2)}</output>
            </label>
          </li>
        ))}
      </ul>
      <p class="hint">They take effect from the next answer on.</p>
    </section>
  );
}
