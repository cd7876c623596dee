import { badGrammar } from "./check-gbnf.ts";

/** Keywords that say something about values without limiting them. */
const ANNOTATIONS = ["title", "description", "default", "examples", "deprecated", "readOnly"];
/** Keywords of any schema beside those. */
const COMMON = [...ANNOTATIONS, "$schema", "$id", "$comment", "$defs"];

const SCALARS: readonly unknown[] = ["string", "number", "integer", "boolean", "null"];
const FORMATS: readonly unknown[] = ["date", "time", "date-time"];

const REFERENCE = "#/$defs/";

type Schema = Readonly<Record<string, unknown>>;

/** Where a schema is, and what `$ref` may lead to there. */
interface Place {
  readonly path: string;
  readonly definitions: ReadonlySet<string>;
}

/**
 * Checks that node-llama-cpp can make a grammar of a JSON schema. What it does not know it leaves out without a
 * word, and then answers do not keep to the schema.
 *
 * @throws InferenceError `BAD_GRAMMAR`, with the keyword and where it is
 */
export function checkJsonSchema(schema: unknown): void {
  check(schema, { path: "jsonSchema", definitions: new Set() });
}

function check(schema: unknown, { path, definitions }: Place): void {
  if (!isObject(schema)) throw badGrammar(`${path} must be an object: a JSON schema.`);
  const own = subschemas((schema as { $defs?: unknown }).$defs, `${path}.$defs`);
  const place = { path, definitions: new Set([...definitions, ...Object.keys(own)]) };
  for (const [name, definition] of Object.entries(own)) {
    check(definition, { ...place, path: `${path}.$defs.${name}` });
  }
  const kind = ["$ref", "oneOf", "const", "enum", "type"].find((keyword) => keyword in schema);
  if (kind === "$ref") checkReference(schema, place);
  else if (kind === "oneOf") checkOneOf(schema, place);
  else if (kind === "const" || kind === "enum") checkValues(schema, kind, place);
  else if (kind === "type") checkType(schema, place);
  else throw badGrammar(`${path} needs one of type, const, enum, oneOf or $ref.`);
}

function checkReference(schema: Schema, { path, definitions }: Place): void {
  refuseOthers(schema, path, ["$ref"]);
  const { $ref: reference } = schema as { $ref?: unknown };
  const isKnown =
    typeof reference === "string" &&
    reference.startsWith(REFERENCE) &&
    definitions.has(reference.slice(REFERENCE.length));
  if (isKnown) return;
  throw badGrammar(
    `${path}.$ref is ${JSON.stringify(reference)}; it must lead to a schema in $defs, as "${REFERENCE}name".`,
  );
}

function checkOneOf(schema: Schema, place: Place): void {
  refuseOthers(schema, place.path, ["oneOf"]);
  const { oneOf } = schema as { oneOf?: unknown };
  const path = `${place.path}.oneOf`;
  if (!Array.isArray(oneOf) || oneOf.length === 0) {
    throw badGrammar(`${path} must be an array of schemas that is not empty.`);
  }
  oneOf.forEach((choice, index) => {
    check(choice, { ...place, path: `${path}[${index}]` });
  });
}

function checkValues(schema: Schema, keyword: "const" | "enum", { path }: Place): void {
  // Beside values, a type says nothing new.
  refuseOthers(schema, path, [keyword, "type"]);
  const values: unknown = keyword === "const" ? [schema[keyword]] : schema[keyword];
  const isScalar = (value: unknown) =>
    value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
  if (!Array.isArray(values) || values.length === 0 || !values.every(isScalar)) {
    throw badGrammar(`${path}.${keyword} must be of strings, numbers, booleans or null.`);
  }
}

function checkType(schema: Schema, place: Place): void {
  const { type } = schema as { type?: unknown };
  if (type === "object") checkObject(schema, place);
  else if (type === "array") checkArray(schema, place);
  else if (type === "string") checkString(schema, place);
  else {
    refuseOthers(schema, place.path, ["type"]);
    const types: readonly unknown[] = Array.isArray(type) ? type : [type];
    const unknown = types.find((name) => !SCALARS.includes(name));
    if (types.length > 0 && unknown === undefined) return;
    throw badGrammar(
      `${place.path}.type is ${JSON.stringify(type)}; it must be "object", "array", or one or several of ${SCALARS.join(", ")}.`,
    );
  }
}

function checkString(schema: Schema, { path }: Place): void {
  refuseOthers(schema, path, ["type", "minLength", "maxLength", "format"]);
  const { format } = schema as { format?: unknown };
  checkBounds(schema, path, "minLength", "maxLength", 0);
  if (format === undefined) return;
  if (!FORMATS.includes(format) || "minLength" in schema || "maxLength" in schema) {
    throw badGrammar(
      `${path}.format must be one of ${FORMATS.join(", ")}, without minLength and maxLength.`,
    );
  }
}

function checkArray(schema: Schema, place: Place): void {
  const { path } = place;
  refuseOthers(schema, path, ["type", "items", "prefixItems", "minItems", "maxItems"]);
  const { items, prefixItems = [] } = schema as { items?: unknown; prefixItems?: unknown };
  if (items !== undefined) check(items, { ...place, path: `${path}.items` });
  if (!Array.isArray(prefixItems)) throw badGrammar(`${path}.prefixItems must be an array.`);
  prefixItems.forEach((item, index) => {
    check(item, { ...place, path: `${path}.prefixItems[${index}]` });
  });
  checkBounds(schema, path, "minItems", "maxItems", prefixItems.length);
}

function checkObject(schema: Schema, place: Place): void {
  const { path } = place;
  const known = ["properties", "additionalProperties", "minProperties", "maxProperties"];
  refuseOthers(schema, path, ["type", "required", ...known]);
  const { properties, additionalProperties, required = [] } = schema as Record<string, unknown>;
  const named = subschemas(properties, `${path}.properties`);
  for (const [name, property] of Object.entries(named)) {
    check(property, { ...place, path: `${path}.properties.${name}` });
  }
  if (additionalProperties !== undefined && typeof additionalProperties !== "boolean") {
    check(additionalProperties, { ...place, path: `${path}.additionalProperties` });
  }
  if (!Array.isArray(required) || required.some((name) => !(String(name) in named))) {
    throw badGrammar(`${path}.required must be an array of names that are in properties.`);
  }
  const count = Object.keys(named).length;
  checkBounds(schema, path, "minProperties", "maxProperties", count);
  const { minProperties = 0 } = schema as { minProperties?: number };
  if (minProperties > count && !additionalProperties) {
    throw badGrammar(`${path}.minProperties is more than there are without additionalProperties.`);
  }
}

/** Checks a least and a most number of something, of which there are some in any case. */
function checkBounds(
  schema: Schema,
  path: string,
  least: string,
  most: string,
  given: number,
): void {
  for (const keyword of [least, most]) {
    const value = schema[keyword];
    if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)) continue;
    throw badGrammar(`${path}.${keyword} must be an integer from 0.`);
  }
  const lowest = Math.max(given, Number(schema[least] ?? 0));
  if (Number(schema[most] ?? lowest) >= lowest) return;
  throw badGrammar(`${path}.${most} is ${schema[most]}, but there are at least ${lowest}.`);
}

function refuseOthers(schema: Schema, path: string, known: readonly string[]): void {
  const unknown = Object.keys(schema).find((key) => ![...COMMON, ...known].includes(key));
  if (unknown === undefined) return;
  const hint = unknown === "anyOf" ? " Use oneOf instead." : "";
  throw badGrammar(
    `${path} has the keyword ${JSON.stringify(unknown)}, which cannot be followed here. Known are ${known.join(", ")}.${hint}`,
  );
}

function subschemas(value: unknown, path: string): Schema {
  if (value === undefined) return {};
  if (!isObject(value)) throw badGrammar(`${path} must be an object of schemas.`);
  return value;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
