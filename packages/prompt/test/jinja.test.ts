import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";
import { describe, expect, test } from "vitest";
import { formatChat } from "../src/index.ts";
import { PromptError, type RenderOptions, renderChatTemplate } from "../src/jinja.ts";
import { golden, promptErrorOf, recorded } from "./golden-data.ts";

/** The chat template of meta-llama/Llama-2-7b-chat-hf. */
const llama2Template = readFileSync(
  new URL("fixtures/llama2-hf-template.jinja", import.meta.url),
  "utf8",
);
const messages = [{ role: "user", content: "Hi" }];
const render = (template: string, options?: RenderOptions) =>
  renderChatTemplate(template, messages, options);

describe("Llama 2's own template", () => {
  test("is the published one", () => {
    expect(createHash("sha256").update(llama2Template).digest("hex")).toBe(
      "e8d5b5a546d3f19df16a5320c614fab05bdc4edd50e850f1afd947b503ea41cf",
    );
  });

  test.each([...golden.prompts, ...golden.tags])("$name", ({ messages: given, text }) => {
    expect(renderChatTemplate(llama2Template, given)).toBe(text);
  });

  const laidOut = recorded.filter(({ hf }) => hf.text !== null);
  test.each(laidOut)("recorded from Python: $id", ({ messages: given, hf }) => {
    expect(renderChatTemplate(llama2Template, given)).toBe(hf.text);
  });

  test("refuses what it refuses in Python", () => {
    const twice = [...messages, ...messages];
    const error = promptErrorOf(() => renderChatTemplate(llama2Template, twice));
    expect(error.code).toBe("TEMPLATE_FAILED");
    expect(error.message).toMatch(/Conversation roles must alternate/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("needs these rules: the library alone makes another prompt of some", () => {
    const alone = new Template(llama2Template);
    const differing = golden.prompts.filter(
      (prompt) =>
        prompt.text !==
        alone.render({ messages: prompt.messages, bos_token: "<s>", eos_token: "</s>" }),
    );
    expect(differing.length).toBeGreaterThan(5);
  });
});

describe("Python's rules hold wherever a template needs them", () => {
  test.each([
    ["'' == false", "False"],
    ["'0' == 0", "False"],
    ["'' != false", "True"],
    ["0 == false", "True"],
    ["true == 1", "True"],
    ["1 == true", "True"],
    ["2 == true", "False"],
    ["nothing == also_nothing", "True"],
    ["none == none", "True"],
    ["nothing == none", "False"],
    ["None != nothing", "True"],
    ["tools == none", "True"],
    ["none != tools", "False"],
    ["tools is none and documents is none", "True"],
    ["range(3) | list == [0, 1, 2]", "True"],
    ["range(1, 6, 2) | list == [1, 3, 5]", "True"],
    ["range(2, 0, -1) | list == [2, 1]", "True"],
    ["range(2, 0) | list == []", "True"],
    ["{'range': 1}.range == 1", "True"],
    ["[1, ['a']] == [1, ['a']]", "True"],
    ["[1] == [2]", "False"],
    ["[1] == [1, 2]", "False"],
    ["{'a': 1} == {'a': 1}", "True"],
    ["{'a': 1} == {'b': 1}", "False"],
    ["{'a': ('' == false)} == {'a': false}", "True"],
    ["'a' == 'a' and not 'a' == 'b'", "True"],
  ])("%s is %s", (expression, wanted) => {
    expect(render(`{{ 'True' if ${expression} else 'False' }}`)).toBe(wanted);
  });

  test.each([
    ["text.strip()", "a\ufeff"],
    ["text | trim", "a\ufeff"],
    ["(text + text).rstrip()", "\u001c\u0085a\ufeff\u0085\u001c\u0085a\ufeff"],
    ["text.lstrip()", "a\ufeff\u0085"],
    ["[text.strip()][0]", "a\ufeff"],
    ["{'k': text.strip()}['k']", "a\ufeff"],
  ])("%s", (expression, wanted) => {
    const text = "\u001c\u0085a\ufeff\u0085";
    expect(render(`{{ ${expression} }}`, { variables: { text } })).toBe(wanted);
  });
});

describe("renderChatTemplate", () => {
  test("gives a template its tokens, the mark for an answer, and other variables", () => {
    const template =
      "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{% if add_generation_prompt %}>{% endif %}{{ tools or documents or '' }}";
    expect(render(template)).toBe("<s>Hi</s>>");
    const options = {
      bosToken: "[",
      eosToken: "]",
      addGenerationPrompt: false,
      variables: { tools: "none", messages: "overwritten" },
    };
    expect(render(template, options)).toBe("[Hi]none");
  });

  test("makes of ChatML what ChatML is", () => {
    const template =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}" +
      "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    expect(render(template)).toBe("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
  });

  test("renders many templates, and the same one again", () => {
    for (let round = 0; round < 100; round++)
      expect(render(`${round}{{ 1 == 1 }}`)).toBe(`${round}true`);
    expect(render("0{{ 1 == 1 }}")).toBe("0true");
  });

  test.each<[template: unknown, code: string, problem: RegExp]>([
    ["{% if %}", "TEMPLATE_FAILED", /^The chat template failed: /],
    ["{{ nothing.strip() }}", "TEMPLATE_FAILED", /called on nothing/],
    ["{% for i in range(3000000) %}{% endfor %}", "TEMPLATE_FAILED", /range\(\) of 3000000/],
    ["{% set r = range %}{{ r(0, 9, 0) }}", "TEMPLATE_FAILED", /a step of 0/],
    [undefined, "INVALID_OPTION", /^template is undefined/],
    [{ default: "" }, "INVALID_OPTION", /^template is an object/],
  ])("%j is refused", (template, code, problem) => {
    const error = promptErrorOf(() => render(template as string));
    expect(error).toBeInstanceOf(PromptError);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(problem);
  });
});

test("equals formatChat, as an app sees it", () => {
  const chat = golden.prompts.at(-1)?.messages ?? [];
  expect(renderChatTemplate(llama2Template, chat)).toBe(formatChat(chat));
});

test("options that are null are refused", () => {
  const error = promptErrorOf(() => render("", null as unknown as RenderOptions));
  expect(error.code).toBe("INVALID_OPTION");
});
