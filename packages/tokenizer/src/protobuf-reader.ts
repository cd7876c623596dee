import type { ByteReader } from "./byte-reader.ts";
import { TokenizerError } from "./error.ts";
import { MAX_OTHER_UNITS } from "./limits.ts";

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Goes through the fields of a protobuf message one by one. A value need not be read to get to the next one. */
export class ProtobufReader {
  readonly reader: ByteReader;
  /** The number of the field at hand. The reader stands at its value's beginning. */
  field = 0;
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
    const tag = reader.varint("a field's tag");
    this.field = tag >>> 3;
    const wireType = tag & 7;
    const length = wireType === BYTES ? reader.varint("a field's length") : 0;
    const start = reader.at;
    if (wireType === BYTES) reader.skip(length, "a field");
    else if (wireType === VARINT) reader.varint("a field");
    else if (wireType === FIXED64) reader.skip(8, "a field");
    else if (wireType === FIXED32) reader.skip(4, "a field");
    else throw malformed(`a field has the wire type ${wireType}`, place);
    this.valueEnd = reader.at;
    if (reader.at > this.#end) throw malformed("a field is longer than its message", place);
    reader.at = start;
    return true;
  }

  flag(): boolean {
    return this.reader.varint("a setting") !== 0;
  }

  /** A name, cut short where it is longer than any piece. */
  name(): string {
    return this.reader.ascii(Math.min(this.valueEnd - this.reader.at, MAX_OTHER_UNITS), "a name");
  }
}

function malformed(problem: string, place: number): TokenizerError {
  return new TokenizerError("MALFORMED", `${problem}.`, { place: `byte ${place}` });
}
