import type { ChatMessage } from "@llama2-kit/protocol";
import { type SkillName, skillNames, skills } from "../skills/index.ts";
import type { Exchange, Skill } from "./exchange.ts";
import { isHeldOut } from "./held-out.ts";
import { createMemory, type Memory } from "./memory.ts";
import type { Random } from "./random.ts";
import { createSystemPrompt, type SystemPrompt, type SystemPromptKind } from "./system-prompts.ts";

/** A turn of a dialogue, with what it exercises. */
interface DialogueTurn extends Exchange {
  readonly skill: SkillName | "system prompt";
  /** The answer that was given. */
  readonly answer: string;
}

export interface Dialogue {
  readonly system?: { readonly kind: SystemPromptKind; readonly text: string };
  readonly turns: readonly DialogueTurn[];
}

export interface DialogueOptions {
  /** `training` leaves out the tasks that are held out; `evaluation` has them. */
  readonly purpose: "training" | "evaluation";
  /** The skill of the last turn; any by default. */
  readonly lastSkill?: SkillName;
  /** The kind of system prompt; by default any, or none. */
  readonly systemPrompt?: SystemPromptKind | "none";
}

/** How many turns dialogues have: often few, as people's do, and at times many, for a long memory. */
const LENGTHS = [1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 10, 12];

/** The share of dialogues with a system prompt. */
const WITH_SYSTEM_PROMPT = 0.55;

/** How often the usual answer is given, where there are several. */
const USUAL = 0.6;

/** How often a turn is about what only the system prompt can tell, where there is such a thing. */
const OWN_SKILL = 0.6;

/** How often to try another turn where one cannot be. */
const ATTEMPTS = 300;

/**
 * Makes up a dialogue.
 *
 * @returns undefined where the last turn cannot be as the options want it: nothing has been told that could be recalled
 */
function tryDialogue(random: Random, options: DialogueOptions): Dialogue | undefined {
  const system = drawSystemPrompt(random, options);
  const memory = system?.memory ?? createMemory();
  const length = random.choose(LENGTHS);
  const turns: DialogueTurn[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && turns.length < length; attempt++) {
    const isLast = turns.length === length - 1;
    const skill = (isLast && options.lastSkill) || drawSkill(random);
    // An evaluation's last turn is a task that training dialogues do not have.
    const mustBeNew = isLast && options.purpose === "evaluation";
    const turn = tryTurn(random, skill, mustBeNew, system, memory);
    if (turn) turns.push(turn);
  }
  if (turns.length < length) return undefined;
  return { ...(system && { system: { kind: system.kind, text: system.text } }), turns };
}

/** As {@link tryDialogue}, until there is one. */
export function createDialogue(random: Random, options: DialogueOptions): Dialogue {
  for (;;) {
    const dialogue = tryDialogue(random, options);
    if (dialogue) return dialogue;
  }
}

/** The dialogue's messages. */
export function toMessages({ system, turns }: Dialogue): ChatMessage[] {
  const messages: ChatMessage[] = system ? [{ role: "system", content: system.text }] : [];
  for (const { user, answer } of turns) {
    messages.push({ role: "user", content: user }, { role: "assistant", content: answer });
  }
  return messages;
}

function drawSystemPrompt(random: Random, options: DialogueOptions): SystemPrompt | undefined {
  const { systemPrompt } = options;
  if (systemPrompt === "none") return undefined;
  if (systemPrompt) return createSystemPrompt(random, systemPrompt);
  return random.chance(WITH_SYSTEM_PROMPT) ? createSystemPrompt(random) : undefined;
}

function tryTurn(
  random: Random,
  name: SkillName,
  mustBeNew: boolean,
  system: SystemPrompt | undefined,
  memory: Memory,
): DialogueTurn | undefined {
  const facts = new Map(memory.facts);
  const isOwn = system?.skill !== undefined && random.chance(OWN_SKILL);
  const skill: Skill = isOwn ? system.skill : skills[name][0];
  const exchange = skill(memory, random);
  const shaped = exchange && (system && !isOwn ? system.shape(exchange) : exchange);
  if (
    !exchange ||
    !shaped ||
    (exchange.task !== undefined && isHeldOut(exchange.task) !== mustBeNew)
  ) {
    // What was told in a turn that is none was not told.
    memory.facts.clear();
    for (const [fact, value] of facts) memory.facts.set(fact, value);
    return undefined;
  }
  const choice = random.chance(USUAL) ? 0 : random.integer(0, shaped.answers.length - 1);
  memory.said.push(exchange.user);
  if (shaped.answers.length === exchange.answers.length)
    memory.answered.push(exchange.answers[choice] ?? "");
  return { ...shaped, skill: isOwn ? "system prompt" : name, answer: shaped.answers[choice] ?? "" };
}

function drawSkill(random: Random): SkillName {
  let left = random.next() * TOTAL;
  for (const name of skillNames) {
    left -= skills[name][1];
    if (left < 0) return name;
  }
  return "greet";
}

const TOTAL = skillNames.reduce((sum, name) => sum + skills[name][1], 0);
