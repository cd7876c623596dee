import { InferenceError } from "../error.ts";
import { type GbnfAlternative, GbnfParser, GbnfSyntaxError } from "./gbnf-parser.ts";

/**
 * Checks that llama.cpp can work with a grammar in GBNF
 * (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md).
 *
 * @throws InferenceError `BAD_GRAMMAR`, with the reason and the place
 */
export function checkGbnf(grammar: string): void {
  const parser = new GbnfParser(grammar);
  try {
    parser.parse();
  } catch (cause) {
    if (cause instanceof RangeError) throw badGrammar("The grammar nests too deeply.", cause);
    if (!(cause instanceof GbnfSyntaxError)) throw cause;
    throw badGrammar(`The grammar cannot be read: ${cause.message}.`, cause);
  }
  if (!parser.rules.has("root")) {
    throw badGrammar('The grammar has no rule named "root", which is where it starts.');
  }
  const looping = findLeftRecursion(parser.rules);
  if (looping !== undefined) {
    const [name] = looping.split(" ");
    throw badGrammar(
      `The grammar's rule ${JSON.stringify(name)} can come back to itself before any character. Let it start with something else, or repeat with * or +.`,
    );
  }
}

/** The error for a grammar or a JSON schema that cannot be followed. */
export function badGrammar(message: string, cause?: unknown): InferenceError {
  return new InferenceError("BAD_GRAMMAR", message, cause === undefined ? {} : { cause });
}

/**
 * The first rule that reaches itself without a character in between: llama.cpp would never come to an end with it.
 * Finds what `llama_grammar_detect_left_recursion` finds, with a rule counting as empty if an alternative of it is.
 */
function findLeftRecursion(
  rules: ReadonlyMap<string, readonly GbnfAlternative[]>,
): string | undefined {
  const done = new Set<string>();
  const inProgress = new Set<string>();
  const visit = (name: string): string | undefined => {
    if (inProgress.has(name)) return name;
    if (done.has(name)) return undefined;
    inProgress.add(name);
    const found = firstOf(rules, name)
      .map(visit)
      .find((looping) => looping !== undefined);
    inProgress.delete(name);
    done.add(name);
    return found;
  };
  return [...rules.keys()].map(visit).find((looping) => looping !== undefined);
}

/** The rules that a rule may begin with. */
function firstOf(
  rules: ReadonlyMap<string, readonly GbnfAlternative[]>,
  name: string,
): readonly string[] {
  const isEmpty = (rule: string) => rules.get(rule)?.some((way) => way.length === 0) ?? false;
  const found: string[] = [];
  for (const way of rules.get(name) ?? []) {
    for (const symbol of way) {
      if (symbol === "terminal") break;
      found.push(symbol.rule);
      if (!isEmpty(symbol.rule)) break;
    }
  }
  return found;
}
