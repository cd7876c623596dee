/** The repeat penalty looks back this far, as llama.cpp's does. */
const WINDOW = 64;

/** The tokens that the repeat penalty is about: the last ones, of the prompt where few have been generated. */
export function recentTokens<T>(prompt: readonly T[], generated: readonly T[]): T[] {
  const fromPrompt = Math.max(0, WINDOW - generated.length);
  return [...(fromPrompt > 0 ? prompt.slice(-fromPrompt) : []), ...generated.slice(-WINDOW)];
}
