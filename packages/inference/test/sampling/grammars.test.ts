import { afterAll, describe, expect, expectTypeOf, test, vi } from "vitest";
import { InferenceError, type JsonOf } from "../../src/index.ts";
import { checkGbnf } from "../../src/sampling/check-gbnf.ts";
import { gbnfOfJsonSchema, startGrammar } from "../../src/sampling/grammar.ts";
import { type JsonSchema, parseJsonAnswer } from "../../src/sampling/json-schema.ts";
import { nativeSampling } from "../../src/sampling/native-sampler.ts";
import { readSamplingParameters } from "../../src/sampling/sampling-parameters.ts";
import { idsOf, useSamplingCria } from "./sampling-cria.ts";

const cria = useSamplingCria();

/** Whether llama.cpp takes a grammar. */
function isAccepted(grammar: string): boolean {
  const native = nativeSampling(cria().llama);
  try {
    new native.AddonGrammar(grammar, { addonExports: native, rootRuleName: "root" });
    return true;
  } catch {
    return false;
  }
}

/** Whether llama.cpp allows a whole text. */
function allows(grammar: string, text: string): boolean {
  const native = nativeSampling(cria().llama);
  return new native.AddonGrammar(grammar, {
    addonExports: native,
    rootRuleName: "root",
  }).isTextCompatible(text);
}

const GOOD = [
  'root ::= "a"',
  'root ::= "yes" | "no" # or no',
  'root ::= ("a" | "b"\n "c")+ [^x-z\\]\\\\\\n] .',
  'root::=item{2,3} item{2} item{1,}\nitem ::= [0-9a-fA-F]? "\\x41\\u0041\\U00000041"',
  'root ::= "é🦙" <[5]> !<[6]>\r\n',
  'root ::= a-1\n\n# text\na-1 ::= "x" |\n  "y"',
  'root ::= ""',
  'root ::= "" | "a" root',
  'root ::= [] "a"',
  'root ::= "a"{1999}',
  'root ::= ("a"{100}){100}',
  'root ::= ("a"?)*',
  'root ::= "a"{0,5000}',
];

/** What llama.cpp refuses too, with a message on the standard error; by what we say of it. */
const BAD: [string, RegExp][] = [
  ["root", /expected "::=" after "root", in line 1, column 5/],
  ['root ::= "a', /no "\\"" to end what begins here, in line 1, column 10/],
  ["root ::= [a", /no "]" to end/],
  ['root ::= ("a"', /expected "\)"/],
  ['root ::= "a")', /expected a new line or the end, in line 1, column 13/],
  ['root ::= "a"\nx y', /expected "::=" after "x", in line 2, column 3/],
  ["root ::= item", /the rule "item" is not defined, in line 1, column 10/],
  ['start ::= "a"', /no rule named "root"/],
  ['root ::= "\\q"', /unknown escape, in line 1, column 11/],
  ['root ::= "\\x4"', /unknown escape/],
  ["root ::= *", /something to repeat/],
  ['root ::= ""*', /something to repeat/],
  ['root ::= "a"{x}', /expected \{n\}/],
  ['root ::= "a"{3000}', /cannot repeat 3000 times/],
  ['root ::= ("a"{0,100}){100}', /too long/],
  ['root ::= root "a"', /"root" can come back to itself/],
  ['root ::= a\na ::= b "x"\nb ::= "y" | a', /"a" can come back to itself/],
  ['root ::= ("a" | "")*', /"root" can come back to itself/],
  ["root ::= <think>", /a token as <\[id\]>/],
  ["hello world", /expected "::=" after "hello"/],
  ["{}", /the name of a rule, in line 1, column 1/],
];

describe("GBNF", () => {
  test.each(GOOD)("%s", (grammar) => {
    expect(() => checkGbnf(grammar)).not.toThrow();
    expect(isAccepted(grammar)).toBe(true);
  });

  test.each(BAD)("%s is refused with the reason and the place", (grammar, reason) => {
    expect(() => checkGbnf(grammar)).toThrow(reason);
    expect(() => checkGbnf(grammar)).toThrow(expect.objectContaining({ code: "BAD_GRAMMAR" }));
  });

  test("what would end the text for llama.cpp, or never end, is refused too", () => {
    expect(() => checkGbnf('root ::= "a"\0')).toThrow(/U\+0000/);
    expect(() => checkGbnf('root ::= "a"{3,2}')).toThrow(/3 times or more, but at most 2/);
  });

  test("a bad one fails with a typed error", async () => {
    const generating = cria().generate(cria().prompt("Hi!"), { grammar: "root ::= item" }, 1);
    await expect(generating).rejects.toSatisfy(InferenceError.isInstance);
    await expect(generating).rejects.toThrow(/is not defined/);
  });

  test.each([
    { temperature: 0 },
    { temperature: 1.5, topK: 0, topP: 1 },
    { temperature: 1.5, typicalP: 0.9 },
    { temperature: 1.5, mirostat: { tau: 8 } },
  ])("holds the text to it with %j", async (options) => {
    const grammar = 'root ::= [a-m]{3,6} "-" [0-9]{2} ("é" | "ü")';
    for (const seed of [1, 2, 3]) {
      const all = { ...options, seed, grammar };
      const tokens = idsOf(await cria().generate(cria().prompt("Tell me a story."), all, 40));
      expect(cria().model.isEogToken(tokens.at(-1) as never)).toBe(true);
      expect(cria().model.detokenize(tokens as never)).toMatch(/^ ?[a-m]{3,6}-\d\d[éü]$/);
    }
  });

  test("is compiled once for a model, and each generation starts at its start", async () => {
    const native = nativeSampling(cria().llama);
    const made = vi.spyOn(native, "AddonGrammar");
    const parameters = readSamplingParameters({ grammar: 'root ::= "once" [x]' });
    try {
      const first = await startGrammar(native, cria().model, parameters);
      const second = await startGrammar(native, cria().model, parameters);
      expect(made).toHaveBeenCalledTimes(1);
      const [token = 0] = cria().model.tokenize("once", false, "trimLeadingSpace");
      expect(first?.allows(token)).toBe(true);
      first?.accept(token);
      expect(first?.allows(token)).toBe(false);
      expect(second?.allows(token)).toBe(true);
      for (let index = 0; index < 40; index++) {
        const grammar = `root ::= "a" "${index}"`;
        await startGrammar(native, cria().model, { grammar, jsonSchema: undefined });
      }
      made.mockClear();
      await startGrammar(native, cria().model, parameters);
      expect(made).toHaveBeenCalledTimes(1);
    } finally {
      made.mockRestore();
    }
  });
});

describe("JSON schemas", () => {
  const person = {
    type: "object",
    properties: {
      name: { type: "string", maxLength: 12 },
      age: { type: "integer" },
      kind: { enum: ["fox", "dog", null] },
      friends: { type: "array", items: { type: "string", maxLength: 5 }, maxItems: 2 },
    },
    required: ["name", "age"],
    additionalProperties: false,
  } as const;

  test.each([
    { temperature: 0 },
    { temperature: 1, seed: 4 },
    { temperature: 1, seed: 4, typicalP: 0.95 },
  ])("an answer is JSON of the schema with %j", async (options) => {
    const all = { ...options, jsonSchema: person, maxTokens: 200 };
    const tokens = idsOf(await cria().generate(cria().prompt("Describe a fox."), all, 200));
    expect(cria().model.isEogToken(tokens.at(-1) as never)).toBe(true);
    const answer = parseJsonAnswer(cria().model.detokenize(tokens as never), person);
    expectTypeOf(answer.name).toEqualTypeOf<string>();
    expectTypeOf(answer.age).toEqualTypeOf<number>();
    expectTypeOf(answer.kind).toEqualTypeOf<"fox" | "dog" | null>();
    expectTypeOf(answer.friends).toEqualTypeOf<string[]>();
    expect(Object.keys(answer)).toEqual(["name", "age", "kind", "friends"]);
    expect(answer.name.length).toBeLessThanOrEqual(12);
    expect(Number.isInteger(answer.age)).toBe(true);
    expect(["fox", "dog", null]).toContain(answer.kind);
    expect(answer.friends.length).toBeLessThanOrEqual(2);
  });

  const schemas: [string, Record<string, unknown>, unknown[], unknown[]][] = [
    ["a string", { type: "string" }, ["", "é", 'a"b'], [1, null]],
    ["lengths", { type: "string", minLength: 2, maxLength: 3 }, ["ab", "abc"], ["a", "abcd"]],
    ["a date", { type: "string", format: "date" }, ["2024-02-01"], ["2024-13-01", "x"]],
    ["several types", { type: ["number", "null"] }, [1.5, -2, null], ["1", true]],
    ["a constant", { const: "x" }, ["x"], ["y"]],
    ["one of", { oneOf: [{ type: "boolean" }, { const: 3 }] }, [true, 3], [4]],
    [
      "a tuple",
      { type: "array", prefixItems: [{ const: 1 }], items: { const: 2 } },
      [[1], [1, 2]],
      [[2]],
    ],
    [
      "a definition that holds itself",
      {
        $defs: {
          node: {
            type: "object",
            properties: { next: { oneOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } },
          },
        },
        $ref: "#/$defs/node",
      },
      [{ next: null }, { next: { next: null } }],
      [{}, { next: 1 }],
    ],
    [
      "more properties",
      {
        type: "object",
        properties: { a: { type: "null" } },
        additionalProperties: { type: "integer" },
      },
      [{ a: null }, { a: null, b: 1 }],
      [{ a: null, b: "1" }],
    ],
  ];

  test.each(schemas)(
    "%s: llama.cpp allows what is of it, and nothing else",
    async (_, schema, good, bad) => {
      const grammar = await gbnfOfJsonSchema(schema);
      expect(() => checkGbnf(grammar)).not.toThrow();
      for (const value of good) expect(allows(grammar, JSON.stringify(value))).toBe(true);
      for (const value of bad) expect(allows(grammar, JSON.stringify(value))).toBe(false);
      expect(allows(grammar, `${JSON.stringify(good[0])}\n\n\n\n`)).toBe(false);
    },
  );

  const refused: [string, unknown, RegExp][] = [
    ["no schema", {}, /jsonSchema needs one of type/],
    ["a pattern", { type: "string", pattern: "a+" }, /"pattern", which cannot be followed/],
    ["a minimum", { type: "integer", minimum: 1 }, /"minimum"/],
    ["anyOf beside a type", { type: "null", anyOf: [] }, /keyword "type"/],
    ["anyOf beside oneOf", { oneOf: [{ type: "null" }], anyOf: [] }, /keyword "anyOf"/],
    ["an unknown type", { type: "date" }, /jsonSchema.type is "date"/],
    ["an object among types", { type: ["object", "null"] }, /jsonSchema.type/],
    ["a type that is none", { type: 5 }, /jsonSchema.type is 5/],
    ["no value", { enum: [] }, /jsonSchema.enum must be/],
    ["an object as a value", { const: {} }, /jsonSchema.const must be/],
    ["an unknown format", { type: "string", format: "email" }, /jsonSchema.format must be one of/],
    [
      "a format with a length",
      { type: "string", format: "date", maxLength: 2 },
      /without minLength/,
    ],
    ["bounds that cross", { type: "string", minLength: 3, maxLength: 2 }, /maxLength is 2/],
    ["a bound that is none", { type: "array", maxItems: -1 }, /maxItems must be an integer/],
    [
      "too few items",
      { type: "array", prefixItems: [{ type: "null" }], maxItems: 0 },
      /maxItems is 0/,
    ],
    ["a name that is no property", { type: "object", required: ["x"] }, /required must be/],
    ["more properties than there may be", { type: "object", minProperties: 1 }, /minProperties/],
    ["a reference to nothing", { $ref: "#/$defs/x" }, /\$ref is "#\/\$defs\/x"/],
    ["a reference elsewhere", { $ref: "#" }, /\$ref is "#"/],
    [
      "something deep inside",
      { type: "object", properties: { a: { type: "array", items: { oneOf: [{ minimum: 1 }] } } } },
      /jsonSchema.properties.a.items.oneOf\[0\] needs/,
    ],
    ["a repetition beyond llama.cpp's", { type: "string", minLength: 3000 }, /repeat|too long/],
  ];

  describe("refused", () => {
    // node-llama-cpp tells of some of it there, and goes on.
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    afterAll(() => warn.mockRestore());

    test.each(refused)("%s", async (_, schema, reason) => {
      const generating = cria().generate(
        cria().prompt("Hi!"),
        { jsonSchema: schema as Record<string, unknown> },
        1,
      );
      await expect(generating).rejects.toThrow(reason);
      await expect(generating).rejects.toMatchObject({ code: "BAD_GRAMMAR" });
      expect(warn).not.toHaveBeenCalled();
    });
  });

  test("an answer that was cut short says so", () => {
    const parse = () => parseJsonAnswer('{ "name": "Zo', person);
    expect(parse).toThrow(/ended before its JSON did.*Zo/);
    expect(parse).toThrow(expect.objectContaining({ code: "INCOMPLETE_JSON" }));
  });

  test("types are inferred from schemas", () => {
    expectTypeOf<JsonOf<{ type: "string" }>>().toEqualTypeOf<string>();
    expectTypeOf<JsonOf<typeof person>["kind"]>().toEqualTypeOf<"fox" | "dog" | null>();
    expectTypeOf(person).toExtend<JsonSchema>();
  });
});

test("a grammar that nests deeper than the stack is refused like any other that is bad", () => {
  const nested = `root ::= ${"(".repeat(50_000)}"a"${")".repeat(50_000)}`;
  expect(() => checkGbnf(nested)).toThrow(expect.objectContaining({ code: "BAD_GRAMMAR" }));
});
