import type { ChatModel } from "@llama2-kit/protocol";
import {
  createDialogue,
  type Dialogue,
  type DialogueOptions,
  toMessages,
} from "../dialogue/create-dialogue.ts";
import { createRandom } from "../dialogue/random.ts";
import { type SystemPromptKind, systemPromptKinds } from "../dialogue/system-prompts.ts";
import { type SkillName, skillNames } from "../skills/index.ts";

/** What is examined: a skill without a system prompt, or how a kind of system prompt is followed. */
type Subject = SkillName | `system prompt: ${SystemPromptKind}`;

export interface Mark {
  readonly subject: Subject;
  /** Right answers, of so many. */
  readonly right: number;
  readonly questions: number;
  /** Some wrong answers, for whoever wants to know what goes wrong. */
  readonly mistakes: readonly Mistake[];
}

interface Mistake {
  readonly question: string;
  readonly answer: string;
  readonly expected: string;
}

export interface ExaminationOptions {
  /** Questions a subject. */
  readonly questions: number;
  readonly seed: number;
  /** Answers that the model works on at once. */
  readonly concurrency: number;
  readonly subjects?: readonly Subject[];
  readonly adapter?: string;
  readonly onProgress?: (share: number) => void;
}

/** The longest answers are stories of some 90 tokens. */
const MAX_TOKENS = 160;

const MISTAKES_KEPT = 5;

const subjects: readonly Subject[] = [
  ...skillNames,
  ...systemPromptKinds.map((kind) => `system prompt: ${kind}` as const),
];

/**
 * Has a model answer the last turn of dialogues that it has not learnt, the likeliest token at each step, and counts the
 * answers that are right. The turns before are as they should be, so that one mistake counts once.
 */
export async function examine(model: ChatModel, options: ExaminationOptions): Promise<Mark[]> {
  const marks = new Map<Subject, MutableMark>();
  const tasks: { mark: MutableMark; dialogue: Dialogue }[] = [];
  for (const subject of options.subjects ?? subjects) {
    const mark = { subject, right: 0, questions: options.questions, mistakes: [] };
    marks.set(subject, mark);
    // Each subject has a seed of its own, so that its questions do not change with what else is examined.
    const random = createRandom(options.seed + subjects.indexOf(subject) * 7919);
    for (let question = 0; question < options.questions; question++) {
      tasks.push({ mark, dialogue: createDialogue(random, dialogueFor(subject)) });
    }
  }
  let done = 0;
  const queue = tasks.values();
  const work = async () => {
    for (const { mark, dialogue } of queue) {
      note(mark, dialogue, await ask(model, dialogue, options.adapter));
      options.onProgress?.(++done / tasks.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return [...marks.values()];
}

type MutableMark = { -readonly [Name in keyof Mark]: Mark[Name] } & { mistakes: Mistake[] };

function note(mark: MutableMark, { turns }: Dialogue, answer: string): void {
  const last = turns.at(-1);
  if (!last) return;
  const isRight = last.accepts ? last.accepts(answer) : last.answers.includes(answer);
  if (isRight) mark.right++;
  else if (mark.mistakes.length < MISTAKES_KEPT) {
    mark.mistakes.push({ question: last.user, answer, expected: last.answer });
  }
}

function dialogueFor(subject: Subject): DialogueOptions {
  const prefix = "system prompt: ";
  if (subject.startsWith(prefix)) {
    return {
      purpose: "evaluation",
      systemPrompt: subject.slice(prefix.length) as SystemPromptKind,
    };
  }
  // One skill is there only for a character.
  const systemPrompt = subject === "what is your job" ? "persona" : "none";
  return { purpose: "evaluation", lastSkill: subject as SkillName, systemPrompt };
}

async function ask(
  model: ChatModel,
  dialogue: Dialogue,
  adapter: string | undefined,
): Promise<string> {
  const messages = toMessages(dialogue).slice(0, -1);
  return model
    .chat(messages, { temperature: 0, maxTokens: MAX_TOKENS, ...(adapter && { adapter }) })
    .text();
}
