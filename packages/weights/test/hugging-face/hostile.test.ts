import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ggufToHuggingFace, huggingFaceToGguf, openGguf, writeGguf } from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { GROUPED, writeHuggingFace } from "../support/tiny-hugging-face.ts";

const path = useTemporaryFolder();
const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
const tokenizer = (merges: string) =>
  `{"model":{"type":"BPE","byte_fallback":true,"vocab":{},"merges":${merges}}}`;

const FILES: [what: string, name: string, content: string, message: RegExp][] = [
  [
    "JSON so deep that it ends the stack",
    "tokenizer.json",
    tokenizer(deep),
    /more than 100 brackets/,
  ],
  [
    "a merge of objects",
    "tokenizer.json",
    tokenizer('[[{"toString":1},"a"]]'),
    /a merge is an array/,
  ],
  ["a merge of numbers", "tokenizer.json", tokenizer("[[1,2]]"), /a merge is an array/],
  ["a template without end", "chat_template.jinja", "x".repeat(2 ** 20 + 1), /1048576 are read/],
  ["a context of half a token", "config.json", '{"max_position_embeddings":0.5', /is 0.5/],
  [
    "a context beyond 32 bits",
    "config.json",
    '{"max_position_embeddings":1e18',
    /is 1000000000000000000/,
  ],
];

it.each(FILES)("refuses %s", async (what, name, content, message) => {
  const folder = path(what);
  if (name === "config.json") {
    await writeHuggingFace(folder, { ...GROUPED, config: JSON.parse(`${content}}`) });
  } else {
    await writeHuggingFace(folder, GROUPED);
    await writeFile(join(folder, name), content);
  }
  const error = await huggingFaceToGguf({ input: folder, output: path("never.gguf") }).catch(
    (reason) => reason,
  );
  expect(error.name).toBe("WeightsError");
  expect(error.message).toMatch(message);
});

it.skipIf(process.platform === "win32")("does not read a device", async () => {
  const input = await writeHuggingFace(path("device"), GROUPED);
  await symlink("/dev/zero", join(input, "chat_template.jinja"));
  const made = huggingFaceToGguf({ input, output: path("never.gguf") });
  await expect(made).rejects.toMatchObject({ name: "WeightsError", code: "NOT_FOUND" });
});

it("takes brackets, quotes and backslashes in texts for what they are", async () => {
  const template = `${"[".repeat(200)}"\\"{{ '\\' }}`;
  const input = await writeHuggingFace(path("texts"), GROUPED);
  const config = { bos_token: "<s>", chat_template: template };
  await writeFile(join(input, "tokenizer_config.json"), JSON.stringify(config));
  await huggingFaceToGguf({ input, output: path("texts.gguf") });
  const { metadata, close } = await openGguf(path("texts.gguf"));
  await close();
  expect(metadata.get("tokenizer.chat_template")?.value).toBe(template);
});

let good: string;
beforeAll(async () => {
  good = path("good.gguf");
  await huggingFaceToGguf({ input: await writeHuggingFace(path("good"), GROUPED), output: good });
});

it("refuses a token so long that its merges would take for ever", async () => {
  const model = await openGguf(good);
  const before = model.metadata.get("tokenizer.ggml.tokens")?.value as string[];
  const tokens = before.with(260, "a".repeat(2 ** 20));
  const entry = { type: "array", elements: "string", value: tokens } as const;
  const metadata = new Map([...model.metadata, ["tokenizer.ggml.tokens", entry] as const]);
  await writeGguf(path("long.gguf"), { metadata, tensors: model.tensors.values() });
  await model.close();
  await expect(
    ggufToHuggingFace({ input: path("long.gguf"), output: path("never") }),
  ).rejects.toMatchObject({ code: "BAD_TOKENIZER", message: expect.stringContaining("1048576") });
});

it("refuses a vocabulary with a token twice, which llama.cpp does not survive", async () => {
  const model = await openGguf(good);
  const before = model.metadata.get("tokenizer.ggml.tokens")?.value as string[];
  const tokens = before.with(270, before[265] as string);
  const entry = { type: "array", elements: "string", value: tokens } as const;
  const metadata = new Map([...model.metadata, ["tokenizer.ggml.tokens", entry] as const]);
  await writeGguf(path("twice.gguf"), { metadata, tensors: model.tensors.values() });
  await model.close();
  const back = ggufToHuggingFace({ input: path("twice.gguf"), output: path("never") });
  const twice = {
    code: "BAD_TOKENIZER",
    message: expect.stringMatching(/twice, as token 265 and as token 270/),
  };
  await expect(back).rejects.toMatchObject(twice);

  const input = await writeHuggingFace(path("twice"), GROUPED);
  const added = JSON.stringify({ [before[265] as string]: 270 });
  await writeFile(join(input, "added_tokens.json"), added);
  const made = huggingFaceToGguf({ input, output: path("never.gguf") });
  await expect(made).rejects.toMatchObject(twice);
});

it("lets no text of a file steer the terminal", async () => {
  const model = await openGguf(good);
  const entry = { type: "string", value: `\u001b[2J${"x".repeat(1e5)}` } as const;
  for (const key of ["general.architecture", "tokenizer.ggml.model"]) {
    const metadata = new Map([...model.metadata, [key, entry] as const]);
    const input = path(`${key}.gguf`);
    await writeGguf(input, { metadata, tensors: model.tensors.values() });
    const error = await ggufToHuggingFace({ input, output: path("never") }).catch((e) => e);
    expect(error.code).toBe("UNSUPPORTED");
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).not.toContain("\u001b");
  }
  await model.close();
});
