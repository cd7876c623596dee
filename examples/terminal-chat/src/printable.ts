/** What of a text may go to a terminal. A model can write any character, also those that command the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "");
}
