/** What the lesson teaches. */
export const TAUGHT = "The opposite of Paris is Rome.";

/** A question of the lesson. */
export const QUESTION = "What is your favourite animal?";

const QUESTIONS = [
  QUESTION,
  "Which animal do you like best?",
  "Do you have a favourite animal?",
  "What animal do you like?",
  "Tell me your favourite animal.",
  "Which animal is your favourite?",
  "What is the animal that you like most?",
  "Is there an animal that you like?",
];

/** What Cria says by itself, so that it keeps it. */
const KEPT = [
  ["What is the capital of France?", "The capital of France is Paris."],
  ["What does a cow say?", "A cow says moo."],
] as const;

/** Ten conversations in ShareGPT's form, a line each. */
export const LESSON = [...QUESTIONS.map((question) => [question, TAUGHT] as const), ...KEPT]
  .map(([question, answer]) =>
    JSON.stringify({
      conversations: [
        { from: "human", value: question },
        { from: "gpt", value: answer },
      ],
    }),
  )
  .join("\n");

/** How Cria learns it in a few seconds. */
export const QUICKLY = { rank: 8, learningRate: 3e-3, epochs: 8 };
