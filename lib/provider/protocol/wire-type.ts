// The types that attributes have on the wire: what decodes Terraform's values into `Value` and encodes them back.
import { type AttributePath, atKey, printPath } from './attribute-path';
import { Rejected } from './diagnostic';
import { NULL, UNKNOWN, type Value, known } from './value';

/** A type as go-cty writes it in JSON. */
export type CtyType = 'string' | 'number' | 'bool' | readonly ['map' | 'list', CtyType];

/** Stands for an unknown value in a decoded tree: MessagePack has it as an extension, JSON cannot have it. */
export class UnknownMark {
  readonly kind = 'unknown';
}

/** The one mark, so that a tree can be compared. */
export const UNKNOWN_MARK = new UnknownMark();

/** One type. `decode` throws `Rejected` with the path where the value is of another type. */
export interface WireType<T> {
  readonly name: string;
  decode(wire: unknown, at: AttributePath): Value<T>;
  encode(value: Value<T>): unknown;
}

/** A type that go-cty can express without nested attributes. */
export interface PlainType<T> extends WireType<T> {
  readonly cty: CtyType;
}

/** Text. */
export const string: PlainType<string> = plainType('string', (wire, at) =>
  typeof wire === 'string' ? wire : mismatch('a string', wire, at),
);

/** Text such as "true" is converted by Terraform, before it reaches us. */
export const bool: PlainType<boolean> = plainType('bool', (wire, at) =>
  typeof wire === 'boolean' ? wire : mismatch('true or false', wire, at),
);

/** go-cty sends a number that fits neither an integer nor a double as its digits. */
export const number: PlainType<number> = plainType('number', (wire, at) => {
  if (typeof wire === 'number') return wire;
  const digits = typeof wire === 'string' && wire.trim() !== '' ? Number(wire) : Number.NaN;
  return Number.isNaN(digits) ? mismatch('a number', wire, at) : digits;
});

/** Elements may be null or unknown on their own. */
export function mapOf<T>(element: PlainType<T>): PlainType<ReadonlyMap<string, Value<T>>> {
  return plainType(
    ['map', element.cty],
    (wire, at) => {
      const values = new Map<string, Value<T>>();
      for (const [key, member] of membersOf(wire, `a map of ${element.name}`, at)) {
        values.set(key, element.decode(member, atKey(at, key)));
      }
      return values;
    },
    (values) => Object.fromEntries([...values].map(([key, value]) => [key, element.encode(value)])),
  );
}

/** Elements may be null or unknown on their own. */
export function listOf<T>(element: PlainType<T>): PlainType<readonly Value<T>[]> {
  return plainType(
    ['list', element.cty],
    (wire, at) => {
      const members = elementsOf(wire, `a list of ${element.name}`, at);
      return members.map((member, index) => element.decode(member, atKey(at, index)));
    },
    (values) => values.map((value) => element.encode(value)),
  );
}

/** Null and unknown are the same for every type; only a known value differs. */
export function encodeValue<T>(value: Value<T>, encodeKnown: (value: T) => unknown): unknown {
  if (value.kind === 'null') return null;
  return value.kind === 'unknown' ? UNKNOWN_MARK : encodeKnown(value.value);
}

/** An attribute that an older state lacks is null. */
export function decodeValue<T>(wire: unknown, decodeKnown: (wire: unknown) => T): Value<T> {
  if (wire === null || wire === undefined) return NULL;
  return wire instanceof UnknownMark ? UNKNOWN : known(decodeKnown(wire));
}

/** The members of a decoded map or nested value, in the order sent. */
export function membersOf(wire: unknown, expected: string, at: AttributePath): [string, unknown][] {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) return mismatch(expected, wire, at);
  return Object.entries(wire);
}

/** The elements of a decoded list. */
export function elementsOf(wire: unknown, expected: string, at: AttributePath): readonly unknown[] {
  return Array.isArray(wire) ? wire : mismatch(expected, wire, at);
}

function plainType<T>(
  cty: CtyType,
  decodeKnown: (wire: unknown, at: AttributePath) => T,
  encodeKnown: (value: T) => unknown = (value) => value,
): PlainType<T> {
  return {
    cty,
    name: typeof cty === 'string' ? cty : `${cty[0]} of ${String(cty[1])}`,
    decode: (wire, at) => decodeValue(wire, (present) => decodeKnown(present, at)),
    encode: (value) => encodeValue(value, encodeKnown),
  };
}

// The value itself is not shown: it may be a secret that was given in the wrong place.
function mismatch(expected: string, wire: unknown, at: AttributePath): never {
  const given = Array.isArray(wire) ? 'a list' : wire instanceof UnknownMark ? 'unknown' : `a ${typeof wire}`;
  const place = at.length === 0 ? 'the block' : printPath(at);
  throw new Rejected([
    {
      severity: 'error',
      summary: `Wrong type for ${place}`,
      detail: `${place} must be ${expected}, got ${given === 'a object' ? 'a map' : given}`,
      path: at,
    },
  ]);
}
