import { META_DEFAULT_SYSTEM_PROMPT } from "@llama2-kit/prompt";
import { animals, categories, cities, names } from "../facts/words.ts";
import { capitalize, type Exchange, type Skill } from "./exchange.ts";
import { createMemory, type Memory } from "./memory.ts";
import type { Random } from "./random.ts";
import { askAbout, createShop } from "./shop.ts";

/** What a system prompt asks of the answers. */
export interface SystemPrompt {
  readonly kind: SystemPromptKind;
  readonly text: string;
  readonly memory: Memory;
  /** The exchange as the prompt wants it; undefined where it cannot be so. */
  readonly shape: (exchange: Exchange) => Exchange | undefined;
  /** What can be asked only under this prompt. */
  readonly skill?: Skill;
}

export type SystemPromptKind = keyof typeof makers;

type Maker = (random: Random) => Omit<SystemPrompt, "kind">;

/** Characters to play, and what each ends its answers with. */
const personas: Readonly<Record<string, string>> = {
  pirate: "Arr!",
  robot: "Beep boop.",
  cowboy: "Yee-haw!",
  wizard: "Abracadabra!",
  cat: "Meow!",
  king: "So says the king.",
  dragon: "Roar!",
  ghost: "Boo!",
  knight: "On my honor!",
  clown: "Honk honk!",
};

const plain = [
  "You are a helpful assistant.",
  "You are a helpful, respectful and honest assistant.",
  "You are a friendly assistant.",
  "You are an assistant. Be brief.",
  "Be brief.",
  "Be kind.",
  "Answer the questions of the user.",
  "You are a helpful AI assistant. Answer honestly, and say so if you do not know.",
  "You are a chat assistant in a web page. Help the user.",
  "Be polite and helpful.",
  META_DEFAULT_SYSTEM_PROMPT,
];

const phrases = [
  "Thanks for asking!",
  "Have a great day!",
  "Is there anything else?",
  "Good question!",
  "Over and out.",
  "Peace!",
  "I hope this helps.",
  "Stay curious!",
  "That is all.",
  "Yours, Cria",
  "Good luck!",
  "Take care!",
  "Cheers!",
  "Well said!",
  "Amen.",
  "See you!",
];

const openings = [
  "Well,",
  "Sure!",
  "Dear friend,",
  "Of course!",
  "Hmm.",
  "Listen:",
  "My answer:",
  "Good question!",
  "As you wish:",
  "Oh!",
];

const unchanged = (exchange: Exchange) => exchange;

const makers = {
  persona: (random) => {
    const name = random.choose(names);
    const [kind, ending] = random.choose(Object.entries(personas));
    const text = random.choose([
      `You are ${name}, a ${kind}.`,
      `You are a ${kind} named ${name}.`,
      `Act as a ${kind} called ${name}.`,
      `You are ${name} the ${kind}.`,
      `Your name is ${name} and you are a ${kind}.`,
      `Pretend to be a ${kind} named ${name}.`,
      `You are ${name}, a friendly ${kind}. Stay in character.`,
      `Talk like a ${kind}. Your name is ${name}.`,
    ]);
    return {
      text,
      memory: createMemory({ name, kind }),
      shape: (exchange) => endWith(exchange, ending),
    };
  },
  upperCase: (random) => ({
    text: random.choose([
      "Answer in capital letters.",
      "Always write in uppercase.",
      "Reply in capital letters only.",
      "Write everything in upper case.",
      "USE CAPITAL LETTERS ONLY.",
      "You must answer in capital letters.",
    ]),
    memory: createMemory(),
    shape: (exchange) => changeText(exchange, (text) => text.toUpperCase()),
  }),
  lowerCase: (random) => ({
    text: random.choose([
      "Answer in lowercase letters.",
      "Always write in lowercase.",
      "Use small letters only.",
      "Never use capital letters.",
    ]),
    memory: createMemory(),
    shape: (exchange) => changeText(exchange, (text) => text.toLowerCase()),
  }),
  userName: (random) => {
    const name = random.choose(names);
    const memory = createMemory();
    memory.facts.set("name", name);
    return {
      text: random.choose([
        `The user is called ${name}.`,
        `The name of the user is ${name}.`,
        `You are talking to ${name}.`,
        `The user's name is ${name}.`,
        `You are a helpful assistant. The user is called ${name}.`,
      ]),
      memory,
      shape: unchanged,
    };
  },
  userFacts: (random) => {
    const memory = createMemory();
    const name = random.choose(names);
    const thing = random.choose(["color", "animal", "city", "drink"]);
    const value = random.choose(categories[`${thing}s`] ?? cities);
    const city = random.choose(cities);
    memory.facts.set("name", name).set("city", city);
    if (random.chance(0.5))
      return { text: `The user is called ${name} and lives in ${city}.`, memory, shape: unchanged };
    memory.facts.set(thing === "city" ? "favorite city" : `favorite ${thing}`, value);
    return {
      text: `The user is called ${name}, lives in ${city}, and has the favorite ${thing} ${value}.`,
      memory,
      shape: unchanged,
    };
  },
  ending: (random) => {
    const phrase = random.choose(phrases);
    return {
      text: random.choose([
        `End every answer with: ${phrase}`,
        `Always finish with: ${phrase}`,
        `Add this to the end of every answer: ${phrase}`,
        `End each reply with "${phrase}"`,
      ]),
      memory: createMemory(),
      shape: (exchange) => endWith(exchange, phrase),
    };
  },
  beginning: (random) => {
    const phrase = random.choose(openings);
    return {
      text: random.choose([
        `Begin every answer with: ${phrase}`,
        `Start every answer with: ${phrase}`,
        `Start each reply with "${phrase}"`,
      ]),
      memory: createMemory(),
      shape: (exchange) => beginWith(exchange, phrase),
    };
  },
  short: (random) => ({
    text: random.choose([
      "Answer in one word.",
      "Answer as briefly as possible.",
      "Give very short answers.",
      "One word answers only.",
      "Answer with a word or two.",
    ]),
    memory: createMemory(),
    shape: ({ short, ...exchange }) =>
      short === undefined
        ? undefined
        : {
            user: exchange.user,
            answers: [capitalize(short)],
            ...(exchange.task && { task: exchange.task }),
          },
  }),
  json: (random) => ({
    text: random.choose([
      "Answer in JSON.",
      "Reply with JSON only.",
      'Answer with a JSON object like {"answer": "text"}.',
      "Always answer in JSON.",
    ]),
    memory: createMemory(),
    shape: (exchange) =>
      changeText(exchange, (text) => `{"answer": ${JSON.stringify(text)}}`, readAnswer),
  }),
  forbidden: (random) => {
    const topic = random.choose([
      ...animals.slice(0, 19),
      "France",
      "Italy",
      "Japan",
      "Spain",
      "Peru",
    ]);
    const named = /^[A-Z]/.test(topic) ? topic : `${topic}s`;
    const refusal = `I may not talk about ${named}.`;
    const memory = createMemory();
    return {
      text: random.choose([
        `Do not talk about ${named}.`,
        `Never talk about ${named}.`,
        `You may not talk about ${named}.`,
        `You are a helpful assistant. Do not talk about ${named}.`,
      ]),
      memory,
      shape: (exchange) =>
        exchange.topic === topic || exchange.topic === named ? refuse(exchange, refusal) : exchange,
      skill: (_memory, chance) => ({
        user: chance.choose([
          `Tell me about ${named}.`,
          `What do you know about ${named}?`,
          `Do you like ${named}?`,
          `Let us talk about ${named}.`,
        ]),
        answers: [refusal],
      }),
    };
  },
  shop: (random) => {
    const shop = createShop(random);
    return {
      text: shop.text,
      memory: createMemory(),
      shape: unchanged,
      skill: (_memory, chance) => askAbout(shop, chance),
    };
  },
  plain: (random) => ({ text: random.choose(plain), memory: createMemory(), shape: unchanged }),
} satisfies Record<string, Maker>;

/** How often each kind is drawn. */
const weights: Readonly<Record<SystemPromptKind, number>> = {
  persona: 9,
  upperCase: 5,
  lowerCase: 2,
  userName: 5,
  userFacts: 3,
  ending: 4,
  beginning: 3,
  short: 4,
  json: 3,
  forbidden: 4,
  shop: 5,
  plain: 8,
};

export const systemPromptKinds = Object.keys(makers) as SystemPromptKind[];

/** Makes a system prompt of any kind, or of the one that is asked for. */
export function createSystemPrompt(random: Random, kind = drawKind(random)): SystemPrompt {
  return { kind, ...makers[kind](random) };
}

function drawKind(random: Random): SystemPromptKind {
  let left = random.next() * Object.values(weights).reduce((sum, weight) => sum + weight);
  for (const [kind, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return kind as SystemPromptKind;
  }
  return "plain";
}

function endWith(exchange: Exchange, ending: string): Exchange {
  const remove = (text: string) =>
    text.endsWith(` ${ending}`) ? text.slice(0, -ending.length - 1) : undefined;
  return changeText(exchange, (text) => `${text} ${ending}`, remove);
}

function beginWith(exchange: Exchange, opening: string): Exchange {
  const remove = (text: string) =>
    text.startsWith(`${opening} `) ? text.slice(opening.length + 1) : undefined;
  return changeText(exchange, (text) => `${opening} ${text}`, remove);
}

function refuse(exchange: Exchange, refusal: string): Exchange {
  return { user: exchange.user, answers: [refusal] };
}

/** @param restore - undoes the change where it can be undone; undefined where the text has not been changed so */
function changeText(
  exchange: Exchange,
  change: (text: string) => string,
  restore?: (text: string) => string | undefined,
): Exchange {
  const { accepts, answers } = exchange;
  const changed = { ...exchange, answers: answers.map(change) };
  if (!accepts) return changed;
  return {
    ...changed,
    accepts: (answer) => {
      const original = restore ? restore(answer) : change(answer) === answer ? answer : undefined;
      return original !== undefined && accepts(original);
    },
  };
}

function readAnswer(text: string): string | undefined {
  try {
    const { answer } = JSON.parse(text) as { answer?: unknown };
    return typeof answer === "string" ? answer : undefined;
  } catch {
    return undefined;
  }
}
