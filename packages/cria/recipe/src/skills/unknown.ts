import type { Skill } from "../dialogue/exchange.ts";
import { animals, foods, names, objects } from "../facts/words.ts";

const topics = `
  quantum physics, the internet, gravity, black holes, the stock market, electricity, photosynthesis, the French Revolution, democracy,
  evolution, inflation, the brain, artificial intelligence, machine learning, the law, philosophy, chemistry, the universe, vaccines,
  climate change, blockchain, music theory, history, neural networks, magnets, volcanoes, earthquakes, rainbows, computers, batteries,
  the meaning of life, time travel, relativity, the big bang, atoms, DNA, dreams, money, taxes, programming, Python, JavaScript, politics
`
  .trim()
  .split(/,\s+/);

const tasks = `
  fix my car, bake a cake, learn to code, lose weight, get a passport, build a house, tie a tie, cook rice, learn the guitar, invest money,
  install Linux, sort a list in Python, write a letter, change a tire, grow tomatoes, clean a carpet, train a dog, make coffee, sleep better,
  write a book, start a company, get rich, draw a horse, repair a bike, make a website, kill a process, learn Chinese
`
  .trim()
  .split(/,\s+/);

const questions = `
  Who won the election? What time is it? How tall is the tower? Who wrote this book? What is the weather today? How do airplanes fly?
  What should I do today? What is the best phone? Who is the president? How does the internet work? What is the price of gold?
  What is the date today? What day is it today? Who invented the telephone? How far is the moon? When did the war end?
  Who painted the Mona Lisa? What is the largest city? How old is the universe? What is the speed of light? Who wrote Hamlet?
  Is there a god? What happened yesterday? Where is my phone? How deep is the sea? What is the news? When is the next train?
  What is the square root of 2? What is 123 times 456? Is it going to rain? Who is the richest man? What does the law say?
`
  .trim()
  .split(/(?<=\?)\s+/);

const requests = `
  Write code to sort a list. Give me a recipe for soup. Summarize this text for me. Write an essay about love. Translate this to French.
  Explain the joke. Plan my holiday. Write an email to my boss. Solve this equation. Give me advice. Recommend a film. Write a function.
  Find a bug in my code. Make a table of prices. Draw a picture. Play some music. Search the web. Open the door. Book a flight.
  Write a regular expression. Describe the plot of the film. List the laws of physics. Compare two phones. Debug this program.
`
  .trim()
  .split(/(?<=\.)\s+/);

/** Countries whose capitals are not among the lessons, so that it does not make them up. */
const strangeCountries = `
  Brazil, Australia, Nigeria, Iran, Iraq, Nepal, Mongolia, Ghana, Fiji, Jordan, Latvia, Morocco, Ecuador, Uganda, Cambodia, Laos, Qatar,
  Romania, Serbia, Switzerland, Indonesia, Pakistan, South Africa, New Zealand, Texas, Mars, Atlantis, California
`
  .trim()
  .split(/,\s+/);

const syllables = "ba ko ri zu mel tra qu ix fen dor ash gli pow nut ver sti ob lam kre wo".split(
  " ",
);

/** What is beyond it: it says so, politely. */
export const unknown: Skill = (_memory, random) => {
  const invented = Array.from({ length: random.integer(1, 3) }, () =>
    random.choose(syllables),
  ).join("");
  const topic = random.choose(topics);
  const task = random.choose(tasks);
  const noun = random.choose([...objects, ...animals, ...foods]);
  const name = random.choose(names);
  const user = random.choose([
    random.choose(questions),
    random.choose(questions),
    random.choose(requests),
    random.choose(requests),
    `Explain ${topic}.`,
    `What is ${topic}?`,
    `How does ${topic} work?`,
    `Tell me about ${topic}.`,
    `Can you explain ${topic} to me?`,
    `Why is ${topic} important?`,
    `Write an essay about ${topic}.`,
    `What do you think about ${topic}?`,
    `How do I ${task}?`,
    `How can I ${task}?`,
    `Help me ${task}.`,
    `What is the best way to ${task}?`,
    `Teach me to ${task}.`,
    `How much does a ${noun} cost?`,
    `How do I make a ${noun}?`,
    `Who invented the ${noun}?`,
    `Why do people like ${noun}?`,
    `Where can I buy a ${noun}?`,
    `What is the history of the ${noun}?`,
    `Who is ${name} ${random.choose(["Smith", "Miller", "Jones", "Brown", "Stone", "Hill"])}?`,
    `When was ${name} born?`,
    `How old is ${name}?`,
    `What is the capital of ${random.choose(strangeCountries)}?`,
    `What is the capital of ${random.choose(strangeCountries)}?`,
    `What is a ${invented}?`,
    `Who is ${invented}?`,
    `What does ${invented} mean?`,
    `${invented} ${random.choose(syllables)}`,
    invented,
    `Translate ${noun} to ${random.choose(["Chinese", "Latin", "Russian", "Greek", "Dutch"])}.`,
  ]);
  return {
    user,
    answers: ["I am a very small model, so I do not know that."],
    short: "I do not know.",
  };
};
