import type { MetadataValue } from "@llama2-kit/weights";
import { expect, it } from "vitest";
import { makeRow, type Row } from "../src/data/row.ts";
import { randomModel } from "../src/model/random-model.ts";
import { EXAMPLES, TINY, tinyTrainer } from "./tiny-model.ts";

const ROW = makeRow(EXAMPLES.slice(0, 2));

async function lossOf(row: Row, scaling: Record<string, MetadataValue> = {}): Promise<number> {
  const entries = Object.entries(scaling).map(
    ([key, value]) => [`llama.rope.scaling.${key}`, value] as const,
  );
  const weights = randomModel(TINY, 1, new Map(entries));
  const { trainer } = await tinyTrainer({ weights });
  return trainer.evaluate(row);
}

const text = (value: string): MetadataValue => ({ type: "string", value });
const factor: MetadataValue = { type: "f32", value: 2 };

it("a context stretched by 2 has positions half as far apart", async () => {
  const apart = { ...ROW, positions: ROW.positions.map((position) => position * 2) };
  const plain = await lossOf(ROW);
  expect(await lossOf(apart, { type: text("linear"), factor })).toBeCloseTo(plain, 5);
  expect(await lossOf(ROW, { type: text("linear"), factor })).not.toBeCloseTo(plain, 5);
  expect(await lossOf(ROW, { type: text("none") })).toBe(plain);
});

it("other ways to stretch a context are refused", async () => {
  await expect(lossOf(ROW, { type: text("yarn"), factor })).rejects.toMatchObject({
    code: "UNSUPPORTED_MODEL",
    message: expect.stringContaining("yarn"),
  });
});
