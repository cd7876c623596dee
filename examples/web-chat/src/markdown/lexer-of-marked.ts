import { Lexer } from "marked";
import type { Plugin } from "vite";

/** What follows the classes in marked's file: it makes a parser at once, so a bundler would have to keep all of them. */
const PARSER = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse.*?(\w+) as Lexer.*$/s;

/** Where marked puts its rules together, for each of its dialects, each time that the page is opened. */
const RULES =
  /(nestedContainerMarkers:.*?\/\}).*?(,\w+="address\|[^"]*").*?(,\w+=\{)normal:\w+,gfm:\w+,pedantic:\w+\}(,\w+=\{)normal:\w+,gfm:\w+,breaks:\w+,pedantic:\w+\}/s;

/** What the page neither sets nor adds. */
const UNUSED = /this\.options\.(?:pedantic|extensions|hooks)\b/g;

/**
 * The page takes nothing of marked but its lexer, as it draws what that has read itself, and has it read as in a chat:
 * so the rules for that come along as they are in the end, and those of the other dialects stay out.
 *
 * @param code - marked's file
 * @returns a file that exports the lexer alone
 * @throws Error where marked's file is another than this knows
 */
export function takeLexer(code: string): string {
  if (!PARSER.test(code) || !RULES.test(code)) {
    throw new Error(
      "This marked is laid out anew: change src/markdown/lexer-of-marked.ts, or leave it out.",
    );
  }
  const { block, inline } = Lexer.rules;
  const [gfm, breaks] = [write(block.gfm), write(inline.breaks)];
  return code
    .replace(PARSER, "export{$2 as Lexer};")
    .replace(RULES, (_, other, tags, blocks, inlines) => {
      return `${other}${tags}${blocks}gfm:${gfm}}${inlines}breaks:${breaks}}`;
    })
    .replace(UNUSED, "null");
}

/** Rules as a program has them. A rule that matches nothing is no expression. */
function write(rules: Readonly<Record<string, { readonly source?: string }>>): string {
  const entries = Object.entries(rules).map(([name, rule]) => {
    return `${name}:${rule instanceof RegExp ? rule : "{exec:()=>null}"}`;
  });
  return `{${entries.join()}}`;
}

export const lexerOfMarked: Plugin = {
  name: "lexer-of-marked",
  transform: { filter: { id: /marked\.esm\.js$/ }, handler: takeLexer },
};
