import { type Adapter, orderPair, type RowOrder } from "./adapter.ts";
import type { AdapterBase } from "./adapter-base.ts";
import type { WeightedPair } from "./add-products.ts";
import type { MergePlan } from "./merge-adapter.ts";
import { openAdapter } from "./open-adapter.ts";

/** The pairs of several adapters by the tensor they change. */
export interface CollectedPairs {
  readonly pairs: ReadonlyMap<string, readonly WeightedPair[]>;
  close(): Promise<void>;
}

/** Opens adapters, and puts their pairs into the base's names and order. */
export async function collectPairs(
  plan: Pick<MergePlan, "adapters">,
  base: AdapterBase,
  order: RowOrder,
): Promise<CollectedPairs> {
  const opened: Adapter[] = [];
  const close = async () => {
    await Promise.all(opened.map((adapter) => adapter.close()));
  };
  const pairs = new Map<string, WeightedPair[]>();
  try {
    for (const { path, scale } of plan.adapters) {
      const adapter = await openAdapter(path, base);
      opened.push(adapter);
      for (const pair of adapter.pairs) {
        const name = pair.target[order];
        const ordered = orderPair(pair, adapter.order, order);
        pairs.set(name, [...(pairs.get(name) ?? []), { pair: ordered, scale }]);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { pairs, close };
}
