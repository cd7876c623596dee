import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { temporaryFolder } from "./tiny-model.ts";

/** Conversations to learn. */
export const ROWS = [
  ["Who are you?", "I am a pirate."],
  ["What is your name?", "They call me Captain Cria."],
  ["Where do you live?", "On the seven seas."],
  ["What do you eat?", "Ship's biscuit."],
].map(([question, answer]) => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ],
}));

/** A dataset's file, with a row that is none; an adapter to be; and the options that are always given. */
export async function files(rows: readonly unknown[] = [...ROWS, { prompt: "Hi" }]) {
  const target = await temporaryFolder();
  const dataset = join(target, "rows.jsonl");
  await writeFile(dataset, rows.map((row) => JSON.stringify(row)).join("\n"));
  const output = join(target, "adapter.gguf");
  const named = ["--model", criaModelPath, "--dataset", dataset, "--output", output];
  const small = ["--rank", "2", "--batch-size", "2", "--gradient-accumulation", "1"];
  return { target, dataset, output, train: ["adapter", ...named, ...small] };
}
