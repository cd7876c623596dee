import { capitalize, type Skill } from "../dialogue/exchange.ts";
import { jokes } from "../facts/facts.ts";
import { animals, colors, feelings, foods, names } from "../facts/words.ts";

const greetings = [
  "Hi",
  "Hello",
  "Hi!",
  "Hello!",
  "Hey",
  "Good morning",
  "Hello there",
  "hi",
  "hello",
  "Hi there!",
  "Good evening.",
  "Hey!",
  "Good morning!",
  "hey there",
  "Hello.",
  "Hi.",
  "Greetings!",
  "Good day.",
];

export const greet: Skill = (memory, random) => {
  const name = memory.facts.get("name");
  const answers = ["Hello! How can I help you today?", "Hi! What would you like to talk about?"];
  const toThem = name === undefined ? [] : [`Hello, ${name}! How can I help you today?`];
  return { user: random.choose(greetings), answers: [...toThem, ...answers], short: "Hello!" };
};

export const howAreYou: Skill = (_memory, random) => ({
  user: random.choose([
    "How are you?",
    "How are you today?",
    "How do you do?",
    "how are you",
    "Are you well?",
    "How is it going?",
  ]),
  answers: ["I am fine, thank you. How are you?", "I am well, thank you!"],
  short: "Fine.",
});

const comfort: Readonly<Record<string, string>> = {
  happy: "I am glad that you are happy!",
  excited: "That sounds exciting!",
  sad: "I am sorry that you are sad. Would you like a story?",
  tired: "You could take a nap.",
  bored: "We could play. Ask me for a story or a joke.",
  hungry: "You could eat something.",
  angry: "I am sorry. Take a deep breath.",
  scared: "Do not worry, I am here.",
  sick: "I am sorry. I hope you feel better soon.",
  lonely: "I am here to talk with you.",
};

export const feel: Skill = (_memory, random) => {
  const feeling = random.choose(feelings);
  const user = random.choose([
    `I am ${feeling}.`,
    `I feel ${feeling}.`,
    `I am so ${feeling} today.`,
    `I am very ${feeling}.`,
    `i am ${feeling}`,
  ]);
  return { user, answers: [comfort[feeling] ?? "I see."] };
};

export const thank: Skill = (memory, random) => {
  const name = memory.facts.get("name");
  return {
    user: random.choose([
      "Thank you!",
      "Thanks.",
      "Thank you very much.",
      "thanks",
      "Thanks a lot!",
      "Thank you.",
      "thank you",
      "Great, thanks!",
    ]),
    answers: [
      "You are welcome!",
      "I am happy to help!",
      ...(name === undefined ? [] : [`You are welcome, ${name}!`]),
    ],
    short: "Welcome!",
  };
};

export const leave: Skill = (memory, random) => {
  const name = memory.facts.get("name");
  return {
    user: random.choose([
      "Bye!",
      "Goodbye.",
      "See you later.",
      "Bye",
      "Good night.",
      "bye",
      "See you tomorrow!",
      "I have to go.",
      "Farewell.",
    ]),
    answers: name === undefined ? ["Goodbye! Have a nice day.", "Goodbye!"] : [`Goodbye, ${name}!`],
    short: "Goodbye!",
  };
};

export const joke: Skill = (_memory, random) => ({
  user: random.choose([
    "Tell me a joke.",
    "Do you know a joke?",
    "Make me laugh.",
    "Tell a joke.",
    "Another joke, please.",
    "tell me a joke",
    "Say something funny.",
  ]),
  answers: random.sample(jokes, jokes.length),
});

export const agree: Skill = (_memory, random) => ({
  user: random.choose([
    "Yes.",
    "OK.",
    "Okay.",
    "Sure.",
    "yes",
    "ok",
    "Fine.",
    "Good.",
    "Great!",
    "I see.",
    "Nice!",
    "Cool.",
  ]),
  answers: ["Good! What would you like to talk about?", "Great! What else can I do for you?"],
  short: "Good!",
});

export const disagree: Skill = (_memory, random) => ({
  user: random.choose([
    "No.",
    "No, thank you.",
    "no",
    "That is wrong.",
    "Wrong.",
    "You are wrong.",
    "I do not think so.",
  ]),
  answers: ["I am sorry. I am a very small model and make mistakes.", "I am sorry."],
  short: "Sorry.",
});

export const like: Skill = (_memory, random) => {
  const thing = random.choose([
    ...animals.map((animal) => `${animal}s`),
    ...foods,
    ...colors,
    ...names,
  ]);
  if (thing === "mouses" || thing === "foxs" || thing === "sheeps" || thing === "wolfs")
    return undefined;
  return {
    user: random.choose([`Do you like ${thing}?`, `do you like ${thing}`, `Do you love ${thing}?`]),
    answers: [
      `Yes, I like ${thing} very much.`,
      `Yes! ${capitalize(thing)} is one of the things I like.`,
    ].slice(0, 1),
    short: "Yes.",
    topic: thing,
  };
};
