// Reads the fields of one protobuf message by number, as its definition in requests.ts asks for them.
import protobuf from 'protobufjs/minimal.js';

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The fields of a message; an absent one reads as protobuf's default. The last occurrence counts, as protobuf says. */
export interface Fields {
  bytes(field: number): Uint8Array;
  text(field: number): string;
  integer(field: number): number;
}

/** Reads all fields at once, whichever will be asked for. Throws where the bytes are no protobuf message. */
export function readFields(message: Uint8Array): Fields {
  const lengthDelimited = new Map<number, Uint8Array>();
  const integers = new Map<number, number>();
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === LENGTH_DELIMITED) lengthDelimited.set(field, reader.bytes());
    else if (wireType === VARINT) integers.set(field, Number(reader.int64()));
    else reader.skipType(wireType);
  }
  const bytes = (field: number) => lengthDelimited.get(field) ?? new Uint8Array();
  return {
    bytes,
    text: (field) => Buffer.from(bytes(field)).toString('utf8'),
    integer: (field) => integers.get(field) ?? 0,
  };
}
