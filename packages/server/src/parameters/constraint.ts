import { badRequest, unsupported } from "../error.ts";
import type { Fields, JsonObject } from "../fields.ts";

/** What an answer is held to: at most one of the two. */
export interface Constraint {
  readonly jsonSchema?: JsonObject;
  readonly grammar?: string;
}

/** Any JSON object, with little white space, so that a model cannot go on with that for ever. Source: llama.cpp, json.gbnf. */
const ANY_OBJECT = `root ::= object
value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ws (string ":" ws value ("," ws string ":" ws value)*)? ws "}"
array ::= "[" ws (value ("," ws value)*)? ws "]"
string ::= "\\"" ([^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F]))* "\\""
number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
ws ::= [ \\n]?
`;

/**
 * Reads what the answer is held to: OpenAI's `response_format`, llama-server's `json_schema` and `grammar`, vLLM's
 * `structured_outputs` and its older `guided_…`.
 *
 * @throws ServerError `BAD_REQUEST` or `UNSUPPORTED`
 */
export function readConstraint(fields: Fields): Constraint {
  const structured = fields.fields("structured_outputs");
  refuseRegex(fields, "guided_regex");
  if (structured) refuseRegex(structured, "regex");
  const found = [
    readResponseFormat(fields),
    fromSchema(fields, "json_schema"),
    fromSchema(fields, "guided_json"),
    fromGrammar(fields, "grammar"),
    fromGrammar(fields, "guided_grammar"),
    fromChoices(fields, "guided_choice"),
    structured && fromSchema(structured, "json"),
    structured && fromGrammar(structured, "grammar"),
    structured && fromChoices(structured, "choice"),
  ].filter((constraint) => constraint !== undefined);
  const [constraint = {}, other] = found;
  if (!other) return constraint;
  throw badRequest(
    "response_format",
    "The answer can be held to one schema or grammar, not to several.",
  );
}

/** OpenAI's `response_format`; TGI's clients send `json_object` with the schema as `value`. */
function readResponseFormat(fields: Fields): Constraint | undefined {
  const format = fields.fields("response_format");
  if (!format) return undefined;
  const type = format.string("type");
  if (type === "text") return undefined;
  if (type === "json_object") {
    return fromSchema(format, "schema") ?? fromSchema(format, "value") ?? { grammar: ANY_OBJECT };
  }
  if (type !== "json_schema") throw format.wrong("type", '"text", "json_object" or "json_schema"');
  const inner = format.fields("json_schema");
  const constraint = inner && fromSchema(inner, "schema");
  if (constraint) return constraint;
  throw (inner ?? format).wrong(inner ? "schema" : "json_schema", "an object");
}

function fromSchema(fields: Fields, name: string): Constraint | undefined {
  const jsonSchema = fields.object(name);
  if (!jsonSchema) return undefined;
  refuseSize(jsonSchema, fields.path(name));
  return { jsonSchema };
}

/** Ollama's `format`: `"json"`, or a schema. */
export function readOllamaFormat(fields: Fields): Constraint {
  const format = fields.raw("format");
  if (format === undefined || format === "") return {};
  if (format === "json") return { grammar: ANY_OBJECT };
  if (typeof format === "string") throw fields.wrong("format", '"json" or a JSON schema');
  return fromSchema(fields, "format") ?? {};
}

/** TGI's `grammar`: `{ type: "json", value: schema }`. */
export function readTgiGrammar(fields: Fields): Constraint {
  const grammar = fields.fields("grammar");
  if (!grammar) return {};
  const type = grammar.string("type");
  if (type !== "json" && type !== "json_object") {
    throw unsupported(grammar.path("type"), `${grammar.path("type")} must be "json".`);
  }
  const constraint = fromSchema(grammar, "value");
  if (constraint) return constraint;
  throw grammar.wrong("value", "a JSON schema");
}

function fromGrammar(fields: Fields, name: string): Constraint | undefined {
  const grammar = fields.string(name);
  if (grammar && grammar.length > LONGEST_GRAMMAR) {
    throw fields.wrong(name, `a grammar of at most ${LONGEST_GRAMMAR} characters`);
  }
  return grammar ? { grammar } : undefined;
}

function fromChoices(fields: Fields, name: string): Constraint | undefined {
  const choices = fields.strings(name);
  if (!choices || choices.length === 0) return undefined;
  const length = choices.reduce((sum, choice) => sum + choice.length, 0);
  if (choices.length > MOST_CHOICES || length > LONGEST_GRAMMAR) {
    const allowed = `at most ${MOST_CHOICES} texts of ${LONGEST_GRAMMAR} characters together`;
    throw fields.wrong(name, allowed);
  }
  return { grammar: `root ::= ${choices.map((choice) => quote(choice)).join(" | ")}\n` };
}

/** A text as GBNF writes it. */
function quote(text: string): string {
  const escaped = text.replaceAll(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? "");
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function refuseRegex(fields: Fields, name: string): void {
  if (fields.raw(name) === undefined) return;
  const path = fields.path(name);
  throw unsupported(
    path,
    `${path} cannot be followed here. Write it as a grammar, in llama.cpp's GBNF.`,
  );
}

/**
 * At every token llama.cpp looks at each way in which a grammar can go on, in the thread that answers all requests: with
 * 40,000 choices for 20 seconds.
 */
const MOST_CHOICES = 1000;
const MOST_VALUES = 4000;
const LONGEST_GRAMMAR = 32_768;

/** Whoever walks through a schema does so by recursion. */
const MOST_LEVELS = 64;

function refuseSize(schema: object, path: string): void {
  let level: unknown[] = [schema];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) throw badRequest(path, `${path} has more than ${MOST_LEVELS} levels.`);
    const values = level.flatMap((value) => Object.values(value as object));
    count += values.length;
    if (count > MOST_VALUES) throw badRequest(path, `${path} has more than ${MOST_VALUES} values.`);
    level = values.filter(isNested);
  }
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
