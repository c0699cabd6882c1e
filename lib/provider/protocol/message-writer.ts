// Writes the fields of one protobuf message by number, as its definition in responses.ts lists them.
import protobuf from 'protobufjs/minimal.js';

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** What is protobuf's default (empty, 0, false) is left out, as proto3 does. */
export interface MessageWriter {
  bytes(field: number, value: Uint8Array): void;
  text(field: number, value: string): void;
  integer(field: number, value: number): void;
  flag(field: number, value: boolean): void;
  /** One of a oneof: present even if it is 0. */
  chosen(field: number, value: number): void;
  /** A nested message, or an element of a repeated one: present even if it is empty. */
  message(field: number, message: Uint8Array): void;
}

/** The bytes of a message whose fields `write` writes. */
export function messageOf(write: (writer: MessageWriter) => void): Uint8Array {
  const writer = protobuf.Writer.create();
  const message = (field: number, value: Uint8Array) => {
    writer.uint32((field << 3) | LENGTH_DELIMITED).bytes(value);
  };
  const chosen = (field: number, value: number) => {
    writer.uint32((field << 3) | VARINT).int64(value);
  };
  const integer = (field: number, value: number) => {
    if (value !== 0) chosen(field, value);
  };
  write({
    message,
    integer,
    chosen,
    bytes: (field, value) => {
      if (value.length > 0) message(field, value);
    },
    // Buffer replaces half surrogates, which Terraform would refuse together with the whole message.
    text: (field, value) => {
      if (value !== '') message(field, Buffer.from(value, 'utf8'));
    },
    flag: (field, value) => {
      integer(field, value ? 1 : 0);
    },
  });
  return writer.finish();
}
