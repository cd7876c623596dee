import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ggufToPeft, openGguf, peftToGguf } from "@llama2-kit/weights";
import { expect, it } from "vitest";
import { trainAdapter } from "../src/index.ts";
import { EXAMPLES, temporaryFolder, tinyModelFile } from "./tiny-model.ts";

/** All tensors of an adapter, with their bytes. */
async function tensorsOf(path: string): Promise<[string, Buffer][]> {
  const file = await openGguf(path);
  const tensors: [string, Buffer][] = [];
  for (const source of file.tensors.values()) {
    tensors.push([source.name, Buffer.from(await source.read(0, source.byteLength))]);
  }
  await file.close();
  return tensors.sort(([a], [b]) => (a < b ? -1 : 1));
}

it("PEFT's form of an adapter is that of its GGUF, and becomes the same GGUF again", async () => {
  const folder = await temporaryFolder();
  const model = await tinyModelFile(folder);
  const output = join(folder, "adapter.gguf");
  const peft = join(folder, "peft");
  const targets = "all-linear";
  const settings = { rank: 4, alpha: 8, targets, maxSteps: 2, learningRate: 1e-2 } as const;
  await trainAdapter({ ...settings, model, dataset: EXAMPLES, output, peft, inProcess: true });

  const again = join(folder, "again");
  await ggufToPeft({ input: output, output: again, base: model });
  for (const name of ["adapter_config.json", "adapter_model.safetensors"]) {
    expect(await readFile(join(peft, name))).toEqual(await readFile(join(again, name)));
  }
  const config = JSON.parse(await readFile(join(peft, "adapter_config.json"), "utf8"));
  expect(config).toMatchObject({ r: 4, lora_alpha: 8 });
  const back = join(folder, "back.gguf");
  await peftToGguf({ input: peft, output: back, base: model });
  expect(await tensorsOf(back)).toEqual(await tensorsOf(output));
});
