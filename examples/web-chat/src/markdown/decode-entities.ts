const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

/** The characters that entities such as `&lt;` stand for; what is no usual entity stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(?:#(\d{1,6})|(\w{2,6}));/g, (entity, code, name) => {
    if (code === undefined) return NAMED[name] ?? entity;
    return Number(code) > 31 && Number(code) < 0xd800 ? String.fromCharCode(Number(code)) : entity;
  });
}
