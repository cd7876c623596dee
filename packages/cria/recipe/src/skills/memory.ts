import { capitalize, type Exchange, type Skill, withArticle } from "../dialogue/exchange.ts";
import type { FactName, Memory } from "../dialogue/memory.ts";
import type { Random } from "../dialogue/random.ts";
import {
  animals,
  cities,
  colors,
  days,
  drinks,
  foods,
  jobs,
  names,
  numbers,
  pets,
  relatives,
  seasons,
  sports,
} from "../facts/words.ts";

/** What people have favorites of. */
const favorites: Readonly<Record<string, readonly string[]>> = {
  color: colors,
  animal: animals,
  food: foods,
  city: cities,
  drink: drinks,
  day: days,
  sport: sports,
  season: seasons,
  number: numbers,
};

export const tellName: Skill = (memory, random) => {
  const old = memory.facts.get("name");
  const name = random.choose(names);
  memory.facts.set("name", name);
  if (old !== undefined) {
    const user = random.choose([
      `Actually, my name is ${name}.`,
      `No, my name is ${name}.`,
      `Call me ${name} instead.`,
      `My name is ${name} now.`,
    ]);
    return { user, answers: [`All right, ${name}!`] };
  }
  const user = random.choose([
    `My name is ${name}.`,
    `My name is ${name}.`,
    `I am ${name}.`,
    `Hi, my name is ${name}.`,
    `Call me ${name}.`,
    `my name is ${name}`,
    `Hello, I am ${name}.`,
    `I'm ${name}.`,
    `You can call me ${name}.`,
    `People call me ${name}.`,
    `Hello! My name is ${name}.`,
    `Hi! I am ${name}.`,
    `${name} is my name.`,
    `My name is ${name}`,
    `The name is ${name}.`,
    `Hi, I'm ${name}!`,
  ]);
  return {
    user,
    answers: [`Nice to meet you, ${name}!`, `Hello, ${name}!`, `Hi ${name}! How can I help you?`],
  };
};

/** Several things in one message. */
export const tellMuch: Skill = (memory, random) => {
  const name = random.choose(names);
  const [thing, values] = random.choose(Object.entries(favorites));
  const value = random.choose(values);
  const city = random.choose(cities);
  memory.facts.set("name", name);
  if (random.chance(0.5)) {
    memory.facts.set("city", city);
    return {
      user: random.choose([
        `My name is ${name} and I live in ${city}.`,
        `I am ${name} from ${city}.`,
        `Hi, I am ${name}. I live in ${city}.`,
      ]),
      answers: [`Nice to meet you, ${name}! I will remember that you live in ${city}.`],
    };
  }
  memory.facts.set(`favorite ${thing}`, value);
  return {
    user: random.choose([
      `My name is ${name} and my favorite ${thing} is ${value}.`,
      `I am ${name}. My favorite ${thing} is ${value}.`,
    ]),
    answers: [`Nice to meet you, ${name}! I will remember that you like ${value}.`],
  };
};

export const tellFavorite: Skill = (memory, random) => {
  const [thing, values] = random.choose(Object.entries(favorites));
  const value = random.choose(values);
  const isNew = !memory.facts.has(`favorite ${thing}`);
  memory.facts.set(`favorite ${thing}`, value);
  const user = isNew
    ? random.choose([
        `My favorite ${thing} is ${value}.`,
        `My favorite ${thing} is ${value}.`,
        `I like the ${thing} ${value} best.`,
        `${capitalize(value)} is my favorite ${thing}.`,
        `my favorite ${thing} is ${value}`,
      ])
    : random.choose([
        `Now my favorite ${thing} is ${value}.`,
        `Actually, my favorite ${thing} is ${value}.`,
      ]);
  return {
    user,
    answers: [
      `I will remember that you like ${value}.`,
      `I like ${value} too!`,
      `${capitalize(value)} is a good choice.`,
    ],
  };
};

export const tellFact: Skill = (memory, random) => {
  const kind = random.choose(["age", "city", "job", "pet", "relative"] as const);
  if (kind === "age") {
    const age = String(random.integer(4, 90));
    memory.facts.set("age", age);
    return {
      user: random.choose([`I am ${age} years old.`, `My age is ${age}.`, `I'm ${age} years old.`]),
      answers: [`I will remember that you are ${age} years old.`],
    };
  }
  if (kind === "city") {
    const city = random.choose(cities);
    memory.facts.set("city", city);
    return {
      user: random.choose([`I live in ${city}.`, `I am from ${city}.`, `My home is ${city}.`]),
      answers: [`${city} is a nice city!`, `I will remember that you live in ${city}.`],
    };
  }
  if (kind === "job") {
    const job = random.choose(jobs);
    memory.facts.set("job", job);
    return {
      user: random.choose([
        `I am ${withArticle(job)}.`,
        `I work as ${withArticle(job)}.`,
        `My job is ${job}.`,
      ]),
      answers: [`It must be nice to be ${withArticle(job)}!`],
    };
  }
  const name = random.choose(names);
  if (kind === "pet") {
    const pet = random.choose(pets);
    memory.facts.set("pet", pet);
    memory.facts.set(`name of ${pet}`, name);
    return {
      user: random.choose([
        `I have a ${pet} named ${name}.`,
        `My ${pet} is called ${name}.`,
        `I have a ${pet} called ${name}.`,
      ]),
      answers: [`${name} is a nice name for a ${pet}!`],
    };
  }
  const relative = random.choose(relatives);
  memory.facts.set(`name of ${relative}`, name);
  return {
    user: random.choose([
      `My ${relative} is called ${name}.`,
      `The name of my ${relative} is ${name}.`,
      `${name} is my ${relative}.`,
    ]),
    answers: [`I will remember that your ${relative} is called ${name}.`],
  };
};

/** Asks for anything that has been told. */
export const recall: Skill = (memory, random) => {
  const told = [...memory.facts.keys()];
  return told.length === 0 ? undefined : askFor(random.choose(told), memory, random);
};

/** Asks for the name, which is what people try first. */
export const recallName: Skill = (memory, random) => {
  return memory.facts.has("name") ? askFor("name", memory, random) : undefined;
};

/** Asks for what has not been told. */
export const recallUntold: Skill = (memory, random) => {
  const names: FactName[] = [
    "name",
    "age",
    "city",
    ...Object.keys(favorites).map((thing) => `favorite ${thing}` as const),
  ];
  const untold = names.filter((name) => !memory.facts.has(name));
  return untold.length === 0 ? undefined : askFor(random.choose(untold), memory, random);
};

/** Tells and asks in one message. */
export const tellAndAsk: Skill = (memory, random) => {
  const name = random.choose(names);
  memory.facts.set("name", name);
  return {
    user: random.choose([
      `My name is ${name}. What is my name?`,
      `I am ${name}. Who am I?`,
      `My name is ${name}. Do you know my name?`,
      `My name is ${name}, what is my name?`,
    ]),
    answers: [`Your name is ${name}.`],
    short: `${name}.`,
  };
};

export const whatDoYouKnow: Skill = ({ facts }, random) => {
  const user = random.choose([
    "What do you know about me?",
    "What do you remember about me?",
    "Tell me what you know about me.",
  ]);
  const parts: string[] = [];
  for (const name of ["name", "city", "age"] as const) {
    const value = facts.get(name);
    if (value !== undefined) parts.push(told(name, value));
  }
  if (parts.length === 0)
    return { user, answers: ["You have not told me anything about you yet."] };
  return { user, answers: [parts.join(" ")] };
};

/** Yes or no, about what has been told. */
export const confirm: Skill = (memory, random) => {
  const candidates = [...memory.facts].filter(
    ([name]) => name === "name" || name.startsWith("favorite "),
  );
  if (candidates.length === 0) return undefined;
  const [name, value] = random.choose(candidates);
  const values = name === "name" ? names : (favorites[name.slice("favorite ".length)] ?? []);
  const asked = random.chance(0.5) ? value : random.choose(values);
  const isRight = asked === value;
  return {
    user: `Is my ${name} ${asked}?`,
    answers: [isRight ? `Yes, your ${name} is ${value}.` : `No, your ${name} is ${value}.`],
    short: isRight ? "Yes." : "No.",
  };
};

function askFor(name: FactName, memory: Memory, random: Random): Exchange {
  const value = memory.facts.get(name);
  const user = random.choose(questions(name));
  if (value === undefined) return { user, answers: [untold(name)], short: "I do not know." };
  return { user, answers: [told(name, value)], short: `${value}.` };
}

function questions(name: FactName): readonly string[] {
  if (name === "name")
    return [
      "What is my name?",
      "What is my name?",
      "Do you know my name?",
      "Who am I?",
      "what is my name",
      "Can you tell me my name?",
      "Do you remember my name?",
      "What am I called?",
      "Say my name.",
      "Tell me my name.",
      "What's my name?",
      "And what is my name?",
    ];
  if (name === "age") return ["How old am I?", "What is my age?", "Do you know how old I am?"];
  if (name === "city") return ["Where do I live?", "Which city do I live in?", "Where am I from?"];
  if (name === "job") return ["What is my job?", "What do I do for work?", "What do I work as?"];
  if (name === "pet") return ["What pet do I have?", "Which pet do I have?", "Do I have a pet?"];
  if (name.startsWith("name of ")) {
    const who = name.slice("name of ".length);
    return [
      `What is my ${who} called?`,
      `What is the name of my ${who}?`,
      `What is my ${who}'s name?`,
    ];
  }
  const thing = name.slice("favorite ".length);
  return [
    `What is my favorite ${thing}?`,
    `What is my favorite ${thing}?`,
    `Which ${thing} do I like best?`,
    `Do you remember my favorite ${thing}?`,
    `what is my favorite ${thing}`,
    `Tell me my favorite ${thing}.`,
  ];
}

function told(name: FactName, value: string): string {
  if (name === "age") return `You are ${value} years old.`;
  if (name === "city") return `You live in ${value}.`;
  if (name === "job") return `You are ${withArticle(value)}.`;
  if (name === "pet") return `You have a ${value}.`;
  if (name.startsWith("name of "))
    return `Your ${name.slice("name of ".length)} is called ${value}.`;
  return `Your ${name} is ${value}.`;
}

function untold(name: FactName): string {
  if (name === "age") return "You have not told me your age yet.";
  if (name === "city") return "You have not told me where you live yet.";
  return `You have not told me your ${name} yet.`;
}
