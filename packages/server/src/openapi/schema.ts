/** A JSON schema, of the version that OpenAPI 3.1 has. */
export type Schema = Readonly<Record<string, unknown>>;

/** `null` is as good as leaving a field out. */
export function optional(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}

export const string: Schema = { type: "string" };
export const boolean: Schema = { type: "boolean" };
export const number: Schema = { type: "number" };
export const integer: Schema = { type: "integer" };
export const tokenIds: Schema = { type: "array", items: { type: "integer", minimum: 0 } };
export const stringOrStrings: Schema = {
  anyOf: [string, { type: "array", items: string }],
};

/** An object; fields beside these are let through. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  description?: string,
): Schema {
  return {
    type: "object",
    ...(description !== undefined && { description }),
    properties,
    ...(required.length > 0 && { required }),
  };
}

export function array(items: Schema): Schema {
  return { type: "array", items };
}

/** A schema by its name. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The same fields, all of them optional. */
export function allOptional(
  properties: Readonly<Record<string, Schema>>,
): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, optional(schema)]),
  );
}
