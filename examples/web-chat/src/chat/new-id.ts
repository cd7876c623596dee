/** A random id of 16 characters. `crypto.randomUUID` is missing where a page came over plain HTTP from another machine. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A random seed, as `SamplingOptions` takes it. */
export function newSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return Math.min(seed, 4_294_967_294);
}
