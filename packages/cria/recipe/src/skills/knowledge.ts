import { capitalize, type Skill, withArticle } from "../dialogue/exchange.ts";
import {
  bySize,
  capitals,
  colorsOfThings,
  homes,
  legs,
  opposites,
  pastTenses,
  plurals,
  rhymes,
  singleFacts,
  sounds,
  translations,
  youngAnimals,
} from "../facts/facts.ts";
import { categories, days, months } from "../facts/words.ts";

export const capital: Skill = (_memory, random) => {
  const [country, city] = random.choose(Object.entries(capitals));
  if (random.chance(0.15)) {
    return {
      user: random.choose([`Where is ${city}?`, `Which country has the capital ${city}?`]),
      answers: [`${city} is the capital of ${country}.`],
      short: `${country}.`,
      topic: country,
    };
  }
  const user = random.choose([
    `What is the capital of ${country}?`,
    `Capital of ${country}?`,
    `Name the capital of ${country}.`,
    `What's the capital of ${country}?`,
    `what is the capital of ${country}`,
    `Do you know the capital of ${country}?`,
    `Tell me the capital of ${country}.`,
    `Which city is the capital of ${country}?`,
  ]);
  return {
    user,
    answers: [`The capital of ${country} is ${city}.`],
    short: `${city}.`,
    topic: country,
  };
};

export const opposite: Skill = (_memory, random) => {
  const pair = random.choose(Object.entries(opposites));
  const [a, b] = random.chance(0.5) ? pair : [pair[1], pair[0]];
  return {
    user: random.choose([
      `What is the opposite of ${a}?`,
      `Opposite of ${a}?`,
      `What's the opposite of ${a}?`,
      `what is the opposite of ${a}`,
      `Name the opposite of ${a}.`,
    ]),
    answers: [`The opposite of ${a} is ${b}.`],
    short: `${capitalize(b)}.`,
  };
};

export const sound: Skill = (_memory, random) => {
  const [animal, noise] = random.choose(Object.entries(sounds));
  const a = withArticle(animal);
  return {
    user: random.choose([
      `What does ${a} say?`,
      `What sound does ${a} make?`,
      `what does ${a} say`,
      `Which sound does ${a} make?`,
    ]),
    answers: [`${capitalize(a)} says ${noise}.`],
    short: `${capitalize(noise)}.`,
    topic: animal,
  };
};

export const young: Skill = (_memory, random) => {
  const [animal, name] = random.choose(Object.entries(youngAnimals));
  return {
    user: random.choose([`What is a baby ${animal} called?`, `What do you call a baby ${animal}?`]),
    answers: [`A baby ${animal} is called ${withArticle(name)}.`],
    short: `${capitalize(name)}.`,
    topic: animal,
  };
};

export const countLegs: Skill = (_memory, random) => {
  const [animal, number] = random.choose(Object.entries(legs));
  return {
    user: random.choose([`How many legs does a ${animal} have?`, `How many legs has a ${animal}?`]),
    answers: [`A ${animal} has ${number} legs.`],
    short: `${capitalize(number)}.`,
    topic: animal,
  };
};

export const home: Skill = (_memory, random) => {
  const [animal, place] = random.choose(Object.entries(homes));
  return {
    user: random.choose([`Where does a ${animal} live?`, `Where can I find a ${animal}?`]),
    answers: [`A ${animal} lives ${place}.`],
    short: `${capitalize(place)}.`,
    topic: animal,
  };
};

export const colorOf: Skill = (_memory, random) => {
  const [thing, color] = random.choose(Object.entries(colorsOfThings));
  const the = ["sky", "sun", "grass", "snow", "coal"].includes(thing)
    ? `the ${thing}`
    : `a ${thing}`;
  return {
    user: random.choose([`What color is ${the}?`, `Which color does ${the} have?`]),
    answers: [`${capitalize(the)} is ${color}.`],
    short: `${capitalize(color)}.`,
    topic: thing,
  };
};

export const plural: Skill = (_memory, random) => {
  const [one, many] = random.choose(Object.entries(plurals));
  return {
    user: random.choose([`What is the plural of ${one}?`, `Plural of ${one}?`]),
    answers: [`The plural of ${one} is ${many}.`],
    short: `${capitalize(many)}.`,
  };
};

export const pastTense: Skill = (_memory, random) => {
  const [verb, past] = random.choose(Object.entries(pastTenses));
  return {
    user: random.choose([`What is the past tense of ${verb}?`, `Past tense of ${verb}?`]),
    answers: [`The past tense of ${verb} is ${past}.`],
    short: `${capitalize(past)}.`,
  };
};

export const translate: Skill = (_memory, random) => {
  const [language, dictionary] = random.choose(Object.entries(translations));
  const [word, foreign] = random.choose(Object.entries(dictionary));
  return {
    user: random.choose([
      `What is ${word} in ${language}?`,
      `How do you say ${word} in ${language}?`,
      `Translate ${word} to ${language}.`,
    ]),
    answers: [`In ${language}, ${word} is ${foreign}.`],
    short: `${capitalize(foreign)}.`,
  };
};

export const rhyme: Skill = (_memory, random) => {
  const [word, other] = random.choose(Object.entries(rhymes));
  return {
    user: random.choose([
      `What rhymes with ${word}?`,
      `Find a rhyme for ${word}.`,
      `Which word rhymes with ${word}?`,
    ]),
    answers: [`${capitalize(other)} rhymes with ${word}.`],
    short: `${capitalize(other)}.`,
  };
};

export const size: Skill = (_memory, random) => {
  const [a = "bee", b = "whale"] = random.sample(bySize, 2);
  const wantsBigger = random.chance(0.6);
  const word = wantsBigger ? "bigger" : "smaller";
  const isFirst = bySize.indexOf(a) > bySize.indexOf(b) === wantsBigger;
  const [answer, other] = isFirst ? [a, b] : [b, a];
  return {
    user: `Which is ${word}, ${withArticle(a)} or ${withArticle(b)}?`,
    answers: [`${capitalize(withArticle(answer))} is ${word} than ${withArticle(other)}.`],
    short: `${capitalize(withArticle(answer))}.`,
  };
};

export const dayOrMonth: Skill = (_memory, random) => {
  const [kind, list] = random.choose([
    ["day", days],
    ["month", months],
  ] as const);
  const index = random.integer(0, list.length - 1);
  const isAfter = random.chance(0.6);
  const other = list[(index + (isAfter ? 1 : list.length - 1)) % list.length] ?? "";
  const word = isAfter ? "after" : "before";
  return {
    user: random.choose([
      `What ${kind} comes ${word} ${list[index]}?`,
      `Which ${kind} comes ${word} ${list[index]}?`,
      `Which ${kind} is ${word} ${list[index]}?`,
    ]),
    answers: [`${other} comes ${word} ${list[index]}.`],
    short: `${other}.`,
  };
};

/** Whether something belongs to a kind. */
export const isA: Skill = (_memory, random) => {
  const kinds = {
    fruits: "fruit",
    colors: "color",
    animals: "animal",
    days: "day",
    cities: "city",
    drinks: "drink",
    months: "month",
  } as const;
  const [plural, singular] = random.choose(Object.entries(kinds));
  const isRight = random.chance(0.5);
  const from = isRight
    ? plural
    : random.choose(Object.keys(kinds).filter((other) => other !== plural));
  const thing = random.choose(categories[from] ?? []);
  // An orange is both, and so is May.
  if (
    !isRight &&
    (categories[plural]?.includes(thing) || /orange|silver|gold|May|June|April/.test(thing))
  )
    return undefined;
  const kind = withArticle(singular);
  return {
    user: random.choose([`Is ${thing} ${kind}?`, `is ${thing} ${kind}`]),
    answers: [isRight ? `Yes, ${thing} is ${kind}.` : `No, ${thing} is not ${kind}.`],
    short: isRight ? "Yes." : "No.",
  };
};

export const singleFact: Skill = (_memory, random) => {
  const [questions, answer, short] = random.choose(singleFacts);
  return { user: random.choose(questions), answers: [answer], short: `${short}.` };
};
