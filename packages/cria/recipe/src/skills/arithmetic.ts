import type { Exchange, Skill } from "../dialogue/exchange.ts";
import { numbers } from "../facts/words.ts";

export const add: Skill = (_memory, random) => {
  const [a, b] = [random.integer(0, 20), random.integer(0, 20)];
  const user = random.choose([
    `What is ${a} + ${b}?`,
    `${a} + ${b}`,
    `What is ${a} plus ${b}?`,
    `Add ${a} and ${b}.`,
    `${a}+${b}`,
    `${a} + ${b} = ?`,
    `How much is ${a} + ${b}?`,
    `Calculate ${a} + ${b}.`,
    `What is ${a}+${b}?`,
  ]);
  return result(user, `${a} + ${b}`, a + b);
};

export const subtract: Skill = (_memory, random) => {
  const b = random.integer(0, 20);
  const a = random.integer(b, 20);
  const user = random.choose([
    `What is ${a} - ${b}?`,
    `${a} - ${b}`,
    `What is ${a} minus ${b}?`,
    `${a} - ${b} = ?`,
    `How much is ${a} - ${b}?`,
    `Subtract ${b} from ${a}.`,
  ]);
  return result(user, `${a} - ${b}`, a - b);
};

export const multiply: Skill = (_memory, random) => {
  const [a, b] = [random.integer(0, 10), random.integer(0, 10)];
  const user = random.choose([
    `What is ${a} times ${b}?`,
    `${a} * ${b}`,
    `${a} x ${b}`,
    `What is ${a} * ${b}?`,
    `Multiply ${a} and ${b}.`,
  ]);
  return result(user, `${a} * ${b}`, a * b);
};

/** Numbers written as words. */
export const addWords: Skill = (_memory, random) => {
  const [a, b] = [random.integer(0, 10), random.integer(0, 10)];
  const [first, second, sum] = [numbers[a], numbers[b], numbers[a + b]];
  const user = random.choose([
    `What is ${first} plus ${second}?`,
    `How much is ${first} and ${second}?`,
    `What is ${first} and ${second}?`,
  ]);
  return {
    user,
    answers: [`${capital(first)} plus ${second} is ${sum}.`],
    short: `${capital(sum)}.`,
    task: `words ${a} + ${b}`,
  };
};

export const compare: Skill = (_memory, random) => {
  const [a = 0, b = 1] = random.sample(
    Array.from({ length: 100 }, (_, index) => index),
    2,
  );
  const wantsLarger = random.chance(0.6);
  const answer = wantsLarger ? Math.max(a, b) : Math.min(a, b);
  const word = wantsLarger ? random.choose(["larger", "bigger"]) : "smaller";
  return {
    user: `Which number is ${word}, ${a} or ${b}?`,
    answers: [`${answer} is ${word}.`],
    short: `${answer}.`,
    task: `${word} ${a} ${b}`,
  };
};

export const neighbour: Skill = (_memory, random) => {
  const number = random.integer(1, 98);
  const isAfter = random.chance(0.6);
  const answer = isAfter ? number + 1 : number - 1;
  const word = isAfter ? "after" : "before";
  return {
    user: random.choose([
      `What number comes ${word} ${number}?`,
      `Which number comes ${word} ${number}?`,
    ]),
    answers: [`${answer} comes ${word} ${number}.`],
    short: `${answer}.`,
  };
};

export const count: Skill = (_memory, random) => {
  const first = random.chance(0.4) ? 1 : random.integer(1, 15);
  const last = first + random.integer(2, 9);
  const user = random.choose([
    `Count from ${first} to ${last}.`,
    `Count to ${last} from ${first}.`,
    ...(first === 1 ? [`Count to ${last}.`] : []),
  ]);
  return { user, answers: [`${range(first, last).join(", ")}.`], task: `count ${first} ${last}` };
};

export const countBackwards: Skill = (_memory, random) => {
  const last = random.integer(1, 10);
  const first = last + random.integer(2, 7);
  return {
    user: random.choose([
      `Count down from ${first} to ${last}.`,
      `Count backwards from ${first} to ${last}.`,
    ]),
    answers: [`${range(last, first).reverse().join(", ")}.`],
    task: `down ${first} ${last}`,
  };
};

export const sortNumbers: Skill = (_memory, random) => {
  const list = random.sample(range(0, 30), random.integer(2, 4));
  const sorted = [...list].sort((a, b) => a - b);
  return {
    user: random.choose([
      `Sort these numbers: ${list.join(", ")}`,
      `Put these numbers in order: ${list.join(", ")}`,
    ]),
    answers: [`${sorted.join(", ")}.`],
    task: `sort ${sorted.join(" ")}`,
  };
};

export const isEven: Skill = (_memory, random) => {
  const number = random.integer(0, 60);
  const asksEven = random.chance(0.5);
  const isRight = (number % 2 === 0) === asksEven;
  const kind = number % 2 === 0 ? "even" : "odd";
  return {
    user: `Is ${number} ${asksEven ? "even" : "odd"}?`,
    answers: [`${isRight ? "Yes" : "No"}, ${number} is ${kind}.`],
    short: isRight ? "Yes." : "No.",
  };
};

/** A small story with numbers. */
export const wordProblem: Skill = (_memory, random) => {
  const gives = random.chance(0.5);
  const b = random.integer(1, 9);
  const a = gives ? random.integer(b, 12) : random.integer(1, 12);
  const thing = random.choose(["apples", "books", "coins", "eggs", "stars"]);
  const change = gives ? `I give away ${b}` : `I get ${b} more`;
  const left = gives ? a - b : a + b;
  return {
    user: `I have ${a} ${thing}. ${change}. How many ${thing} do I have?`,
    answers: [`You have ${left} ${thing}.`],
    short: `${left}.`,
    task: `story ${gives ? a - b : a} ${gives ? "-" : "+"} ${b} ${a}`,
  };
};

function result(user: string, task: string, value: number): Exchange {
  return { user, answers: [`${task} = ${value}.`], short: `${value}.`, task };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function capital(word = ""): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
