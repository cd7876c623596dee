import { expect, test } from "vitest";
import { checkJsonSchema } from "../../src/sampling/check-json-schema.ts";
import { normalizeJsonSchema } from "../../src/sampling/normalize-json-schema.ts";

/** What Zod makes of an object with an optional union, an integer and a recursive list, as draft 7. */
const zods = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    name: { anyOf: [{ type: "string" }, { type: "null" }] },
    age: { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
    tree: { allOf: [{ $ref: "#/definitions/tree" }] },
    anyOf: { type: "string", description: "a property that is called like a keyword" },
  },
  required: ["name", "age"],
  additionalProperties: false,
  definitions: {
    tree: { type: "array", items: { $ref: "#/definitions/tree" }, maxItems: 2 },
  },
};

test("what Zod writes becomes what a grammar can be made of", () => {
  const schema = normalizeJsonSchema(zods);
  expect(schema).toEqual({
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: {
      name: { oneOf: [{ type: "string" }, { type: "null" }] },
      age: { type: "integer" },
      tree: { $ref: "#/$defs/tree" },
      anyOf: { type: "string", description: "a property that is called like a keyword" },
    },
    required: ["name", "age"],
    additionalProperties: false,
    $defs: { tree: { type: "array", items: { $ref: "#/$defs/tree" }, maxItems: 2 } },
  });
  expect(() => checkJsonSchema(schema)).not.toThrow();
});

test("what would change the meaning stays, and is refused", () => {
  const meant = [
    { type: "integer", minimum: 3 },
    { type: "number", minimum: Number.MIN_SAFE_INTEGER },
    { allOf: [{ type: "string" }, { maxLength: 3 }] },
    { oneOf: [{ type: "null" }], anyOf: [{ type: "string" }] },
  ];
  for (const schema of meant) {
    expect(normalizeJsonSchema(schema)).toEqual(schema);
    expect(() => checkJsonSchema(schema)).toThrow(expect.objectContaining({ code: "BAD_GRAMMAR" }));
  }
});

test("values are left alone, and what is no schema too", () => {
  const values = { enum: ["anyOf", "definitions"], default: { anyOf: [1] } };
  expect(normalizeJsonSchema(values)).toEqual(values);
  for (const wrong of [null, 7, "x", [], { properties: 3, items: null }]) {
    expect(normalizeJsonSchema(wrong)).toEqual(wrong);
  }
});
