/** A GGUF made by hand, byte by byte: it shares nothing with what reads and writes. */
export function ggufBytes(parts: {
  readonly version?: number;
  readonly tensors?: readonly Uint8Array[];
  readonly entries?: readonly Uint8Array[];
  readonly tensorCount?: bigint;
  readonly entryCount?: bigint;
  /** Bytes behind the header and its padding. */
  readonly data?: Uint8Array;
}): Buffer {
  const { tensors = [], entries = [] } = parts;
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(parts.version ?? 3),
    u64(parts.tensorCount ?? BigInt(tensors.length)),
    u64(parts.entryCount ?? BigInt(entries.length)),
    ...entries,
    ...tensors,
  ]);
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32);
  return Buffer.concat([header, padding, parts.data ?? new Uint8Array()]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: bigint | number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function text(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([u64(bytes.length), bytes]);
}

/** An entry of metadata: a key, the number of a type, and the value's bytes. */
export function entry(key: string, type: number, ...value: Uint8Array[]): Buffer {
  return Buffer.concat([text(key), u32(type), ...value]);
}

/** An entry of the list of tensors; dimensions innermost first, as a GGUF has them. */
export function tensorInfo(
  name: string,
  dimensions: readonly (number | bigint)[],
  type: number,
  offset: number,
): Buffer {
  return Buffer.concat([
    text(name),
    u32(dimensions.length),
    ...dimensions.map(u64),
    u32(type),
    u64(offset),
  ]);
}
