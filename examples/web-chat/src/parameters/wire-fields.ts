import { PARAMETERS, type Parameter, type ParameterValues } from "./table.ts";

/**
 * The fields of a request for the parameters that are set.
 *
 * @throws Error that says what is wrong with a value
 */
export function toWireFields(values: ParameterValues): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const parameter of PARAMETERS) {
    const value = values[parameter.field];
    if (value === undefined || value === "" || isIdle(parameter, values)) continue;
    fields[parameter.field] = toWire(parameter, value);
  }
  return fields;
}

/** Whether a parameter does nothing because the one that it needs is off. */
export function isIdle({ needs }: Parameter, values: ParameterValues): boolean {
  return needs !== undefined && !values[needs];
}

/** What is wrong with a value, or undefined. */
export function faultOf(parameter: Parameter, value: number | string): string | undefined {
  try {
    toWire(parameter, value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function toWire(parameter: Parameter, value: number | string): unknown {
  const { field, kind } = parameter;
  if (kind === "number" || kind === "integer") return checkNumber(parameter, Number(value));
  const text = String(value);
  if (field === "json_schema") return parseSchema(text);
  if (field === "logit_bias") return parseBias(text);
  return kind === "lines" ? linesOf(text) : text;
}

function checkNumber({ label, kind, min, max }: Parameter, value: number): number {
  const isNumber = kind === "integer" ? Number.isInteger(value) : Number.isFinite(value);
  if (isNumber && value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return value;
  const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
  throw new Error(`${label} is ${kind === "integer" ? "a whole number" : "a number"} ${range}.`);
}

/** Lines as texts; `\n` stands for a new line. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.replaceAll("\\n", "\n").replaceAll("\\t", "\t"));
}

function parseSchema(text: string): unknown {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw new Error(`The schema is no JSON: ${(error as Error).message}`);
  }
  if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return schema;
  throw new Error("The schema is a JSON object.");
}

const BIAS_LINE = /^\s*(\d{1,6})\s*[:=\s]\s*(-?\d+(?:\.\d+)?)\s*$/;

function parseBias(text: string): Record<string, number> {
  const biases: Record<string, number> = {};
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, id, bias] = BIAS_LINE.exec(line) ?? [];
    if (id === undefined || Math.abs(Number(bias)) > 100) {
      throw new Error(`“${line.trim()}” is no “id: bias” from -100 to 100.`);
    }
    biases[id] = Number(bias);
  }
  return biases;
}
