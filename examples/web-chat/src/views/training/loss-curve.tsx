import type { VNode } from "preact";
import type { LossPoint } from "../../app-api.ts";

const WIDTH = 600;
const HEIGHT = 160;

/** The losses over the steps, with their highest and lowest. */
export function LossCurve({ losses }: { losses: readonly LossPoint[] }): VNode {
  const values = losses.map(([, loss]) => loss);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [losses[0]?.[0] ?? 0, losses.at(-1)?.[0] ?? 1];
  const points = losses.map(([step, loss]) => {
    const x = ((step - first) / (last - first || 1)) * WIDTH;
    const y = ((high - loss) / (high - low || 1)) * HEIGHT;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const said = `Loss from ${values[0]?.toFixed(2)} at step ${first} to ${values.at(-1)?.toFixed(2)} at step ${last}`;
  return (
    <figure class="loss-curve">
      <span aria-hidden="true">{high.toFixed(2)}</span>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        <polyline points={points.join(" ")} />
      </svg>
      <span aria-hidden="true">{low.toFixed(2)}</span>
    </figure>
  );
}
