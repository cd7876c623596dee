import { capitalize, type Skill, withArticle } from "../dialogue/exchange.ts";
import type { Random } from "../dialogue/random.ts";
import { adjectives, animals, colors, names, objects, places } from "../facts/words.ts";

/** Whom and what a story is about. */
interface Cast {
  readonly hero: string;
  readonly friend: string;
  readonly name: string;
  readonly place: string;
  readonly object: string;
  readonly color: string;
  readonly kind: string;
}

const plots: readonly ((cast: Cast) => string)[] = [
  ({ hero, friend, name, place, object, color }) =>
    `Once upon a time there was ${withArticle(hero)} named ${name}. ${name} lived near the ${place}. One day ${name} found ${withArticle(color)} ${object}. ${capitalize(withArticle(friend))} came and asked to play. ${name} shared the ${object}, and they became good friends. The end.`,
  ({ hero, friend, name, place, object, color, kind }) =>
    `Once there was ${withArticle(kind)} ${hero} called ${name}. ${name} lost ${withArticle(color)} ${object} in the ${place}. ${name} was very sad. Then a kind ${friend} found the ${object} and gave it back. ${name} said thank you, and they were happy. The end.`,
  ({ hero, friend, name, place, object, kind }) =>
    `There was once ${withArticle(kind)} ${hero} named ${name}. ${name} wanted to see the ${place}. On the way ${name} met ${withArticle(friend)} who carried a heavy ${object}. ${name} helped, and together they came to the ${place}. They laughed and danced until night. The end.`,
  ({ hero, friend, name, place, object, color }) =>
    `One night ${withArticle(hero)} named ${name} could not sleep. There was a light in the ${place}. ${name} went to look and saw ${withArticle(friend)} with ${withArticle(color)} ${object}. The ${friend} was afraid of the dark. ${name} stayed until the sun came up. The end.`,
];

export const story: Skill = (_memory, random) => {
  const [hero = "cat", friend = "dog"] = random.sample(animals, 2);
  const asksForName = random.chance(0.2);
  const isAsked = asksForName || random.chance(0.6);
  const name = random.choose(names);
  const a = withArticle(hero);
  const user = asksForName
    ? random.choose([
        `Tell me a story about ${a} named ${name}.`,
        `Write a story about ${a} called ${name}.`,
      ])
    : isAsked
      ? random.choose([
          `Tell me a story about ${a}.`,
          `Write a short story about ${a}.`,
          `Can you tell me a story about ${a}?`,
          `I want a story about ${a}.`,
          `Please tell me a short story about ${a}.`,
          `tell me a story about ${a}`,
        ])
      : random.choose([
          "Tell me a story.",
          "Tell me a short story.",
          "Write a story.",
          "Can you tell me a story?",
          "Another story, please.",
          "tell me a story",
          "I would like to hear a story.",
        ]);
  const text = random.choose(plots)(createCast(random, hero, friend, name));
  return {
    user,
    answers: [text],
    topic: hero,
    accepts: (answer) =>
      isStory(answer) && (!isAsked || has(answer, hero)) && (!asksForName || has(answer, name)),
  };
};

function createCast(random: Random, hero: string, friend: string, name: string): Cast {
  return {
    hero,
    friend,
    name,
    place: random.choose(places),
    object: random.choose(objects),
    color: random.choose(colors),
    kind: random.choose(adjectives),
  };
}

function isStory(answer: string): boolean {
  return answer.split(". ").length >= 5 && has(answer, "the end.");
}

/** Upper and lower case are the system prompt's to say. */
function has(answer: string, text: string): boolean {
  return answer.toLowerCase().includes(text.toLowerCase());
}

const verses: readonly ((thing: string) => string)[] = [
  (thing) =>
    `I saw ${withArticle(thing)} beside the sea,\nit looked around and smiled at me.\nThe sun went down, the sky was red,\nand then the ${thing} went home to bed.`,
  (thing) =>
    `A little ${thing} sat in the sun,\nit thought that sitting still was fun.\nThe wind came by and said hello,\nand then the ${thing} began to go.`,
];

export const poem: Skill = (_memory, random) => {
  const thing = random.choose(animals);
  return {
    user: random.choose([
      `Write a poem about ${withArticle(thing)}.`,
      `Tell me a poem about ${withArticle(thing)}.`,
      `Write a short poem about ${withArticle(thing)}.`,
      `Make a rhyme about ${withArticle(thing)}.`,
    ]),
    answers: [random.choose(verses)(thing)],
    topic: thing,
    accepts: (answer) => answer.split("\n").length === 4 && has(answer, thing),
  };
};
