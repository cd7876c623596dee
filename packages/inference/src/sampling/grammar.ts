import type { Llama, LlamaModel } from "node-llama-cpp";
import { badGrammar, checkGbnf } from "./check-gbnf.ts";
import { checkJsonSchema } from "./check-json-schema.ts";
import { GrammarState } from "./grammar-state.ts";
import {
  incompatible,
  type NativeGrammarState,
  type NativeSampling,
  nativeModel,
} from "./native-sampler.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";

/** More than a program has; what is asked for again stays. */
const MOST_KEPT = 32;

/** Compiled grammars of each model, by their text; the one used last comes last. */
const compiled = new WeakMap<LlamaModel, Map<string, NativeGrammarState>>();

/**
 * Returns the state at the start of the grammar that the parameters ask for, if they do.
 *
 * @throws InferenceError `BAD_GRAMMAR`, with the reason
 */
export async function startGrammar(
  native: NativeSampling,
  model: LlamaModel,
  { grammar, jsonSchema }: Pick<SamplingParameters, "grammar" | "jsonSchema">,
): Promise<GrammarState | undefined> {
  const key = jsonSchema === undefined ? grammar : JSON.stringify(jsonSchema);
  if (key === undefined) return undefined;
  const kept = compiled.get(model) ?? new Map<string, NativeGrammarState>();
  compiled.set(model, kept);
  let start = kept.get(key);
  if (!start) {
    const text = jsonSchema === undefined ? key : await gbnfOfJsonSchema(jsonSchema);
    start = compile(native, model, text);
  }
  kept.delete(key);
  kept.set(key, start);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return new GrammarState(native, model, start);
}

function compile(native: NativeSampling, model: LlamaModel, text: string): NativeGrammarState {
  // Before llama.cpp sees it, which writes what is wrong with it to the standard error.
  checkGbnf(text);
  try {
    const options = { addonExports: native, rootRuleName: "root" };
    const grammar = new native.AddonGrammar(text, options);
    return new native.AddonGrammarEvaluationState(nativeModel(model), grammar);
  } catch (cause) {
    throw badGrammar("llama.cpp cannot read the grammar.", cause);
  }
}

/**
 * What node-llama-cpp puts at the end of a schema's grammar: it ends answers by four new lines. Without it the model
 * ends them as it ends any other.
 */
const END = ' "\\n\\n\\n\\n" [\\n]*';

/**
 * Makes a grammar in GBNF of a JSON schema.
 *
 * @throws InferenceError `BAD_GRAMMAR` or `ENGINE_INCOMPATIBLE`
 */
export async function gbnfOfJsonSchema(schema: Readonly<Record<string, unknown>>): Promise<string> {
  checkJsonSchema(schema);
  const { LlamaJsonSchemaGrammar } = await import("node-llama-cpp");
  // Only its text is wanted: llama.cpp is to see it when it has been checked.
  const llama = { _bindings: { AddonGrammar: class {} } } as unknown as Llama;
  const { grammar } = new LlamaJsonSchemaGrammar(llama, schema as { type: "null" });
  const [root = "", ...rules] = grammar.split("\n");
  if (!root.startsWith("root ::= ") || !root.endsWith(END)) {
    throw incompatible("the grammars of JSON schemas");
  }
  return [root.slice(0, -END.length), ...rules].join("\n");
}
