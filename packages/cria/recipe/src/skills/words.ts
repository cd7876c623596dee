import { capitalize, type Skill } from "../dialogue/exchange.ts";
import {
  animals,
  categories,
  cities,
  colors,
  foods,
  names,
  numbers,
  objects,
  places,
} from "../facts/words.ts";

/** Words to do something with, of which no answer can be known by heart. */
const words = [...colors, ...animals, ...foods, ...objects, ...places, ...names, ...cities];

export const repeat: Skill = (_memory, random) => {
  const text = random.sample(words, random.integer(1, 6)).join(" ");
  return {
    user: random.choose([
      `Repeat after me: ${text}`,
      `Say: ${text}`,
      `Repeat: ${text}`,
      `Please repeat: ${text}`,
      `Say "${text}"`,
      `Echo: ${text}`,
    ]),
    answers: [text],
    task: `repeat ${text}`,
  };
};

export const firstOrLast: Skill = (_memory, random) => {
  const list = random.sample(words, random.integer(2, 5));
  const isFirst = random.chance(0.5);
  const answer = (isFirst ? list[0] : list.at(-1)) ?? "";
  const which = isFirst ? "first" : "last";
  return {
    user: random.choose([
      `What is the ${which} word of: ${list.join(" ")}`,
      `Which word comes ${which}: ${list.join(", ")}`,
    ]),
    answers: [`The ${which} word is ${answer}.`],
    short: `${capitalize(answer)}.`,
    task: `${which} ${list.join(" ")}`,
  };
};

export const countWords: Skill = (_memory, random) => {
  const list = random.sample(words, random.integer(1, 6));
  const number = numbers[list.length] ?? "";
  return {
    user: random.choose([
      `How many words are there: ${list.join(" ")}`,
      `Count the words: ${list.join(" ")}`,
    ]),
    answers: [list.length === 1 ? "There is one word." : `There are ${number} words.`],
    short: `${capitalize(number)}.`,
    task: `words ${list.join(" ")}`,
  };
};

export const isInList: Skill = (_memory, random) => {
  const list = random.sample(words, random.integer(2, 5));
  const isRight = random.chance(0.5);
  const asked = isRight ? random.choose(list) : random.choose(words);
  if (!isRight && list.includes(asked)) return undefined;
  return {
    user: `Is ${asked} in this list: ${list.join(", ")}?`,
    answers: [isRight ? `Yes, ${asked} is in the list.` : `No, ${asked} is not in the list.`],
    short: isRight ? "Yes." : "No.",
    task: `in ${asked} ${list.join(" ")}`,
  };
};

/** Which one is missing is found by looking back. */
export const replaceWord: Skill = (_memory, random) => {
  const [who = "", what = "", other = ""] = [random.choose(names), ...random.sample(animals, 2)];
  const verb = random.choose(["sees", "has", "likes", "finds"]);
  return {
    user: `Replace ${what} with ${other}: ${who} ${verb} a ${what}.`,
    answers: [`${who} ${verb} a ${other}.`],
    task: `replace ${who} ${verb} ${what} ${other}`,
  };
};

/** A question about a text that stands before it. */
export const readText: Skill = (_memory, random) => {
  const [first = "", second = ""] = random.sample(names, 2);
  const [animal, other] = random.sample(animals, 2);
  const [place, color, object] = [
    random.choose(places),
    random.choose(colors),
    random.choose(objects),
  ];
  const text = random.choose([
    {
      text: `${first} has a ${animal}. ${second} has a ${other}.`,
      asks: [
        [`What does ${first} have?`, `${first} has a ${animal}.`, `A ${animal}`],
        [`Who has a ${other}?`, `${second} has a ${other}.`, second],
      ],
    },
    {
      text: `${first} lives near the ${place}. ${second} found a ${color} ${object}.`,
      asks: [
        [
          `What did ${second} find?`,
          `${second} found a ${color} ${object}.`,
          `A ${color} ${object}`,
        ],
        [`Where does ${first} live?`, `${first} lives near the ${place}.`, `Near the ${place}`],
      ],
    },
    {
      text: `The ${object} is ${color}. It belongs to ${first}.`,
      asks: [
        [`What color is the ${object}?`, `The ${object} is ${color}.`, capitalize(color)],
        [`Who owns the ${object}?`, `The ${object} belongs to ${first}.`, first],
      ],
    },
  ]);
  const [question = "", answer = "", short = ""] = random.choose(text.asks);
  return {
    user: `${text.text} ${question}`,
    answers: [answer],
    short: `${short}.`,
    task: `read ${text.text} ${question}`,
  };
};

const listings = [
  "fruits",
  "colors",
  "animals",
  "days",
  "cities",
  "drinks",
  "months",
  "names",
  "sports",
];

export const list: Skill = (_memory, random) => {
  const kind = random.choose(listings);
  const count = random.integer(2, 5);
  const members = categories[kind] ?? [];
  const items = random.sample(members, count);
  const text = items.map((item, index) => `${index + 1}. ${capitalize(item)}`).join("\n");
  const number = random.chance(0.8) ? (numbers[count] ?? "") : String(count);
  return {
    user: random.choose([
      `Name ${number} ${kind}.`,
      `List ${number} ${kind}.`,
      `Give me ${number} ${kind}.`,
      `Write a list of ${number} ${kind}.`,
      `Tell me ${number} ${kind}.`,
    ]),
    answers: [text],
    accepts: (answer) => isListOf(answer, members, count),
  };
};

function isListOf(answer: string, members: readonly string[], count: number): boolean {
  const items = answer
    .split("\n")
    .map((line, index) => line.toLowerCase().replace(`${index + 1}. `, ""));
  const known = members.map((member) => member.toLowerCase());
  return (
    items.length === count &&
    new Set(items).size === count &&
    items.every((item) => known.includes(item))
  );
}

/** Comes back to what was said. */
export const quote: Skill = ({ said, answered }, random) => {
  const last = answered.at(-1);
  if (last === undefined || last.length > 120) return undefined;
  if (random.chance(0.6)) {
    return {
      user: random.choose([
        "Can you say that again?",
        "Repeat that.",
        "Say that again.",
        "What did you say?",
        "Please repeat your answer.",
      ]),
      answers: [last],
    };
  }
  const question = said.at(-1) ?? "";
  return {
    user: random.choose([
      "What did I just say?",
      "Repeat what I said.",
      "What was my last message?",
    ]),
    answers: [`You said: ${question}`],
  };
};
