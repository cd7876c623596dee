import { PromptError } from "@llama2-kit/prompt";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import { showCounts } from "./counts.ts";
import { Pieces } from "./pieces.ts";
import { TokenDetail } from "./token-detail.ts";
import { TokenList } from "./token-list.ts";
import { type Token, tokensOfChat, tokensOfText } from "./tokens.ts";

const EXAMPLE = `A llama hums when it's curious, and the herd hums back. 🦙
Las llamas viven en los Andes; 美洲驼吃草。
if (altitude >= 3_800) wool.grow({ perYear: "10 cm" });
`;

const tokenizer = llama2Tokenizer();
const pieces = new Pieces(tokenizer);
const text = byId<HTMLTextAreaElement>("text");
const system = byId<HTMLTextAreaElement>("system");
const list = new TokenList(byId("tokens"));
const detail = new TokenDetail(byId("tokens"), byId("detail"), list);

function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function isOn(id: string): boolean {
  return byId<HTMLInputElement>(id).checked;
}

function encode(): Token[] {
  if (isOn("chat")) return tokensOfChat(tokenizer, pieces, system.value, text.value);
  const specialTokens = isOn("parse") ? "parse" : "text";
  const options = { bos: isOn("bos"), eos: isOn("eos"), specialTokens } as const;
  return tokensOfText(tokenizer, pieces, text.value, options);
}

function showOptions(): void {
  const isChat = isOn("chat");
  // A chat's prompt decides itself where these go.
  for (const id of ["bos", "eos", "parse"]) byId<HTMLInputElement>(id).disabled = isChat;
  byId("system-field").hidden = !isChat;
  byId("legend").hidden = !isChat;
  byId("text-label").textContent = isChat ? "User message" : "Text";
  byId("tokens").classList.toggle("with-ids", isOn("ids"));
}

function update(): void {
  showOptions();
  const problem = byId("problem");
  problem.hidden = true;
  try {
    const tokens = encode();
    list.show(tokens);
    showCounts(
      byId("counts"),
      tokens.length,
      isOn("chat") ? system.value + text.value : text.value,
    );
  } catch (error) {
    if (!PromptError.isInstance(error)) throw error;
    problem.textContent = error.message;
    problem.hidden = false;
    list.show([]);
    showCounts(byId("counts"), 0, text.value);
  }
  detail.clear();
}

let isScheduled = false;

/** However fast one types, a frame needs no more than one update. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    update();
  });
}

// A browser that goes back to the page fills in what was there.
if (text.value === "") text.value = EXAMPLE;
document.addEventListener("input", schedule);
update();
