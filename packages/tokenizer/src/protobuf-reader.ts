import type { ByteReader } from "./byte-reader.ts";

/** Wire types. */
export const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Goes through the fields of a protobuf message one by one. A value need not be read to get to the next one. */
export class ProtobufReader {
  readonly reader: ByteReader;
  /** The number of the field at hand. The reader stands at its value's beginning. */
  field = 0;
  wireType = 0;
  /** Where the value ends. */
  valueEnd: number;
  readonly #end: number;

  /**
   * @param reader - stands at the message's beginning
   * @param end - where the message ends
   */
  constructor(reader: ByteReader, end: number) {
    this.reader = reader;
    this.valueEnd = reader.at;
    this.#end = end;
  }

  /** Goes to the next field. Returns false at the end. */
  next(): boolean {
    const { reader } = this;
    reader.at = this.valueEnd;
    if (reader.at >= this.#end) return false;
    const place = reader.at;
    const tag = reader.varint();
    this.field = tag >>> 3;
    const wireType = tag & 7;
    this.wireType = wireType;
    const length = wireType === BYTES ? reader.varint() : 0;
    const start = reader.at;
    if (wireType === BYTES) reader.skip(length);
    else if (wireType === VARINT) reader.varint();
    else if (wireType === FIXED64) reader.skip(8);
    else if (wireType === FIXED32) reader.skip(4);
    else throw reader.error("MALFORMED", `a field has the wire type ${wireType}.`, place);
    this.valueEnd = reader.at;
    if (reader.at > this.#end) {
      throw reader.error("MALFORMED", "a field is longer than its message.", place);
    }
    reader.at = start;
    return true;
  }

  /** The value at hand as a text. */
  text(): string {
    return this.reader.text(this.valueEnd - this.reader.at);
  }
}
