/** Labels of a sample, by name. */
export type Labels = Readonly<Record<string, string>>;

/** Something that writes itself in Prometheus's text format. */
interface Family {
  write(): string;
}

/** A sum that only grows, for each set of labels. */
export class Counter implements Family {
  readonly #name: string;
  readonly #help: string;
  readonly #values = new Map<string, number>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(labels: Labels, amount = 1): void {
    const key = writeLabels(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  write(): string {
    const samples = [...this.#values].map(([labels, value]) => `${this.#name}${labels} ${value}\n`);
    return heading(this.#name, "counter", this.#help) + samples.join("");
  }
}

/** How often values were how large, for each set of labels. */
export class Histogram implements Family {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { labels: Labels; counts: number[]; sum: number }>();

  /** @param bounds - the upper bounds of its buckets, growing */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  observe(labels: Labels, value: number): void {
    const key = writeLabels(labels);
    let series = this.#series.get(key);
    if (!series) {
      series = { labels, counts: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    const index = bucket === -1 ? this.#bounds.length : bucket;
    series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.sum += value;
  }

  write(): string {
    let text = heading(this.#name, "histogram", this.#help);
    for (const { labels, counts, sum } of this.#series.values()) {
      let total = 0;
      for (const [index, count] of counts.entries()) {
        total += count;
        const le = String(this.#bounds[index] ?? "+Inf");
        text += `${this.#name}_bucket${writeLabels({ ...labels, le })} ${total}\n`;
      }
      text += `${this.#name}_sum${writeLabels(labels)} ${sum}\n`;
      text += `${this.#name}_count${writeLabels(labels)} ${total}\n`;
    }
    return text;
  }
}

/** A value that goes up and down, as it is at this moment. */
export function writeGauge(
  name: string,
  help: string,
  samples: readonly (readonly [labels: Labels, value: number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}${writeLabels(labels)} ${value}\n`);
  return heading(name, "gauge", help) + lines.join("");
}

function heading(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
