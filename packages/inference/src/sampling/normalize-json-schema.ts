type Schema = Readonly<Record<string, unknown>>;

/** Schemas that nest deeper than anybody's are handed on as they are, for the check to refuse. */
const DEEPEST = 100;

/**
 * Writes a JSON schema with the keywords that node-llama-cpp knows, where others mean the same: so do the schemas that
 * Zod and the like make.
 *
 * - `anyOf` is `oneOf`: as a grammar, both are a choice.
 * - `definitions`, as in draft 7, are `$defs`.
 * - the bounds of the safe integers say nothing of an integer that a program can hold.
 * - `allOf` of one schema, and `additionalProperties: {}`, are written out.
 */
export function normalizeJsonSchema(schema: unknown, depth = 0): unknown {
  if (Array.isArray(schema)) return schema.map((item) => normalizeJsonSchema(item, depth + 1));
  if (typeof schema !== "object" || schema === null || depth > DEEPEST) return schema;
  const { anyOf, definitions, allOf, ...rest } = schema as Schema;
  const renamed: Schema = {
    ...withoutSafeBounds(rest),
    ...(anyOf !== undefined && { ["oneOf" in rest ? "anyOf" : "oneOf"]: anyOf }),
    ...(definitions !== undefined && { ["$defs" in rest ? "definitions" : "$defs"]: definitions }),
    ...(allOf !== undefined && !isSingle(allOf) && { allOf }),
  };
  const entries = Object.entries({ ...renamed, ...(isSingle(allOf) ? allOf[0] : {}) });
  return Object.fromEntries(
    entries.map(([keyword, value]) => [keyword, normalizeKeyword(keyword, value, depth)]),
  );
}

function normalizeKeyword(keyword: string, value: unknown, depth: number): unknown {
  switch (keyword) {
    case "$ref":
      return typeof value === "string" ? value.replace(/^#\/definitions\//, "#/$defs/") : value;
    case "additionalProperties":
      return isEmpty(value) ? true : normalizeJsonSchema(value, depth + 1);
    case "items":
    case "oneOf":
    case "prefixItems":
      return normalizeJsonSchema(value, depth + 1);
    case "properties":
    case "$defs":
      return normalizeEach(value, depth);
    default:
      return value;
  }
}

/** The schemas of an object whose keys are names, not keywords. */
function normalizeEach(schemas: unknown, depth: number): unknown {
  if (typeof schemas !== "object" || schemas === null || Array.isArray(schemas)) return schemas;
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, normalizeJsonSchema(schema, depth + 1)]),
  );
}

function withoutSafeBounds(schema: Schema): Schema {
  const { minimum, maximum, ...rest } = schema;
  if ((schema as { type?: unknown }).type !== "integer") return schema;
  return {
    ...rest,
    ...(minimum !== Number.MIN_SAFE_INTEGER && minimum !== undefined && { minimum }),
    ...(maximum !== Number.MAX_SAFE_INTEGER && maximum !== undefined && { maximum }),
  };
}

function isSingle(value: unknown): value is [Schema] {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === "object";
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
