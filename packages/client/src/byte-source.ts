/** Where bytes come from: a response's body, which may be `null`, or any async iterable of chunks. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null;

/** The chunks of a source. Leaving early cancels it. A stream is read by its reader: Safari's cannot be iterated over. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (source === null) return;
  if (!("getReader" in source)) {
    yield* source;
    return;
  }
  const reader = source.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Where the stream has ended or failed this does nothing.
    reader.cancel().catch(() => {});
  }
}
