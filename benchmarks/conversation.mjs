// Conversations to make prompts of.
import { passage } from "./passage.mjs";

/**
 * A system message, and then questions with answers; the last question has none.
 *
 * @param {number} turns how many questions there are
 */
export function conversation(turns) {
  const messages = [
    { role: "system", content: "You are a helpful guide to the zoo." },
    questionOf(0),
  ];
  for (let turn = 1; turn < turns; turn++) messages.push(...nextTurn(turn));
  return messages;
}

/**
 * The answer to the last question, and the next one.
 *
 * @param {number} turn its number
 */
export function nextTurn(turn) {
  return [{ role: "assistant", content: `${turn}. ${passage(turn, 3)}` }, questionOf(turn)];
}

function questionOf(turn) {
  return { role: "user", content: `${passage(turn, 1)} What happened then?` };
}
