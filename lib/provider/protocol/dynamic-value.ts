// Terraform's DynamicValue: one value as MessagePack or JSON. Between wire bytes and the trees that `wire-type.ts` decodes.
import { ExtensionCodec, decode, encode } from '@msgpack/msgpack';
import { readFields } from './fields';
import { messageOf } from './message-writer';
import { UNKNOWN_MARK, UnknownMark } from './wire-type';

// go-cty: 0 is a wholly unknown value, 12 an unknown one of which something is known (not null, a prefix): unknown to us.
const UNKNOWN_EXTENSIONS = [0, 12];

const extensionCodec = new ExtensionCodec();
for (const type of UNKNOWN_EXTENSIONS) {
  extensionCodec.register({
    type,
    encode: (value) => (value instanceof UnknownMark ? new Uint8Array(1) : null),
    decode: () => UNKNOWN_MARK,
  });
}

/** The tree in a DynamicValue message; null where there is none. */
export function decodeDynamicValue(message: Uint8Array): unknown {
  const fields = readFields(message);
  const msgpack = fields.bytes(1);
  if (msgpack.length > 0) return decode(msgpack, { extensionCodec });
  const json = fields.text(2);
  return json === '' ? null : decodeJson(json);
}

/** Whether the tree would be null: told without reading the megabytes of one that is not. */
export function isNullValue(message: Uint8Array): boolean {
  const [first] = readFields(message).bytes(1);
  return first === undefined ? decodeDynamicValue(message) === null : first === MSGPACK_NIL;
}

const MSGPACK_NIL = 0xc0;

/** State is kept as JSON, where nothing is unknown. */
export function decodeJson(json: string): unknown {
  const tree: unknown = JSON.parse(json);
  return tree;
}

/** The message for a tree, always as MessagePack. */
export function encodeDynamicValue(tree: unknown): Uint8Array {
  const msgpack = encode(tree, { extensionCodec });
  return messageOf((write) => {
    write.bytes(1, msgpack);
  });
}
