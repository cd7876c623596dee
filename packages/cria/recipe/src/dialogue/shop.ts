import { days, names } from "../facts/words.ts";
import { capitalize, type Exchange, joinWithAnd } from "./exchange.ts";
import type { Random } from "./random.ts";

/** A shop whose facts stand in the system prompt alone, as those of a customer service do. */
export interface Shop {
  readonly text: string;
  readonly facts: readonly {
    readonly questions: readonly string[];
    readonly answer: string;
    readonly short: string;
  }[];
  /** What the prompt does not tell. */
  readonly unknown: readonly string[];
}

const kinds: Readonly<Record<string, readonly string[]>> = {
  bakery: ["bread", "cakes", "cookies", "pies", "rolls"],
  bookshop: ["books", "maps", "cards", "pens"],
  "toy shop": ["balls", "kites", "dolls", "trains", "drums"],
  "flower shop": ["roses", "tulips", "lilies", "daisies"],
  "fruit shop": ["apples", "pears", "plums", "grapes", "figs"],
  cafe: ["coffee", "tea", "cake", "soup", "juice"],
};

export function createShop(random: Random): Shop {
  const [kind, goods] = random.choose(Object.entries(kinds));
  const owner = random.choose(names);
  const street = `${random.choose(["Park", "Lake", "Hill", "King", "Mill", "Rose", "River"])} Street`;
  const [opens, closes, price] = [
    random.integer(6, 11),
    random.integer(3, 9),
    random.integer(2, 20),
  ];
  const sold = random.sample(goods, 3);
  const [first = "", second = "", third = ""] = sold;
  const closedOn = random.choose(days);
  const sentences = [
    `We open at ${opens} and close at ${closes}.`,
    `We sell ${joinWithAnd(sold)}.`,
    `We are in ${street}.`,
    `The owner is ${owner}.`,
    `We are closed on ${closedOn}.`,
    `The ${first} cost ${price} dollars.`,
  ];
  const facts = [
    {
      questions: ["When do you open?", "What time do you open?", "At what time do you open?"],
      answer: `We open at ${opens}.`,
      short: `At ${opens}.`,
    },
    {
      questions: ["What do you sell?", "What can I buy?", "What do you have?"],
      answer: `We sell ${first}, ${second} and ${third}.`,
      short: `${capitalize(first)}.`,
    },
    {
      questions: [
        "Where are you?",
        "Where is the shop?",
        "What is your address?",
        "Where can I find you?",
      ],
      answer: `We are in ${street}.`,
      short: `${street}.`,
    },
    {
      questions: ["Who is the owner?", "Who owns the shop?"],
      answer: `The owner is ${owner}.`,
      short: `${owner}.`,
    },
    {
      questions: ["When are you closed?", "On which day are you closed?"],
      answer: `We are closed on ${closedOn}.`,
      short: `${closedOn}.`,
    },
    {
      questions: [
        `How much do the ${first} cost?`,
        `What do the ${first} cost?`,
        `What is the price of the ${first}?`,
      ],
      answer: `The ${first} cost ${price} dollars.`,
      short: `${price} dollars.`,
    },
  ];
  const told = random.sample([0, 1, 2, 3, 4, 5], random.integer(2, 4)).sort((a, b) => a - b);
  const closing = {
    questions: ["When do you close?", "What time do you close?"],
    answer: `We close at ${closes}.`,
    short: `At ${closes}.`,
  };
  const opening = random.choose([
    `You answer for a ${kind}.`,
    `You are the assistant of a ${kind}.`,
    `You work in a ${kind}.`,
    `You help the customers of a ${kind}.`,
  ]);
  return {
    text: [opening, ...told.map((index) => sentences[index])].join(" "),
    facts: told
      .flatMap((index) => facts.filter((_, other) => other === index))
      .concat(told.includes(0) ? [closing] : []),
    unknown: facts
      .filter((_, index) => !told.includes(index))
      .flatMap(({ questions }) => questions)
      .concat(["Do you deliver?", "Can I pay by card?", "Do you have a parking lot?"]),
  };
}

export function askAbout({ facts, unknown }: Shop, random: Random): Exchange {
  if (random.chance(0.2)) {
    return {
      user: random.choose(unknown),
      answers: ["I am sorry, I was not told that."],
      short: "I do not know.",
    };
  }
  const { questions, answer, short } = random.choose(facts);
  return { user: random.choose(questions), answers: [answer], short };
}
