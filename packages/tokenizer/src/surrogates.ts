/** An index, or the one behind it if that is inside a surrogate pair. */
export function outsidePair(text: string, index: number): number {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff ? index + 1 : index;
}
