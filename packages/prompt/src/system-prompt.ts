/**
 * The system message that Meta's example code put before conversations without one until August 2023. Meta took
 * it out because it makes the model refuse harmless questions, so this package adds it nowhere. It is here for
 * those who want to reproduce results that were made with it.
 *
 * Source: meta-llama/llama, `DEFAULT_SYSTEM_PROMPT` in `llama/generation.py` (commit 6d4c0c29), character by
 * character: the two spaces in it are Meta's.
 *
 * @example
 * ```ts
 * formatChat([{ role: "system", content: META_DEFAULT_SYSTEM_PROMPT }, { role: "user", content: "Hi" }]);
 * ```
 */
export const META_DEFAULT_SYSTEM_PROMPT: string =
  "You are a helpful, respectful and honest assistant. Always answer as helpfully as possible, while being safe.  " +
  "Your answers should not include any harmful, unethical, racist, sexist, toxic, dangerous, or illegal content. " +
  "Please ensure that your responses are socially unbiased and positive in nature.\n\n" +
  "If a question does not make any sense, or is not factually coherent, explain why instead of answering something " +
  "not correct. If you don't know the answer to a question, please don't share false information.";
