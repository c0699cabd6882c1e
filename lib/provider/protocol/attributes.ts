// Attributes as a table: the one place from which the schema, the TypeScript type and both directions of the wire follow.
import { type AttributePath, atKey } from './attribute-path';
import { NULL, type Value } from './value';
import { type PlainType, type WireType, decodeValue, elementsOf, encodeValue, membersOf } from './wire-type';

/** Who sets an attribute: the user must, may, may with a default that the plan shows, or only the provider does. */
export type AttributeMode = 'required' | 'optional' | 'defaulted' | 'computed';

/** One row of a table. The description is Markdown, shown by `terraform providers schema`. */
export interface Attribute<T> {
  readonly mode: AttributeMode;
  readonly type: PlainType<T> | NestedType<T>;
  readonly description: string;
  readonly sensitive?: boolean;
}

/** By name, in the order in which the schema lists them. */
export type AttributeTable = Readonly<Record<string, Attribute<unknown>>>;

/** The values of a table's attributes, by name. */
export type AttributeValues<Table extends AttributeTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Attribute<infer T> ? Value<T> : never;
};

/** A nested value with attributes of its own, or a list of them, or a whole resource or provider block. */
export interface NestedType<T> extends WireType<T> {
  readonly attributes: AttributeTable;
  readonly nesting: 'single' | 'list';
}

/** The type of a group with these attributes. An attribute that an older state lacks reads as null. */
export function nested<Table extends AttributeTable>(attributes: Table): NestedType<AttributeValues<Table>> {
  return {
    name: 'a group of attributes',
    attributes,
    nesting: 'single',
    decode: (wire, at) => decodeValue(wire, (present) => decodeAttributes(attributes, present, at)),
    encode: (value) => encodeValue(value, (values) => encodeAttributes(attributes, values)),
  };
}

/** The type of a list of such groups: a user may leave out attributes of each. */
export function nestedList<Table extends AttributeTable>(
  attributes: Table,
): NestedType<readonly Value<AttributeValues<Table>>[]> {
  const group = nested(attributes);
  return {
    name: 'a list of groups of attributes',
    attributes,
    nesting: 'list',
    decode: (wire, at) =>
      decodeValue(wire, (present) =>
        elementsOf(present, 'a list of groups of attributes', at).map((one, index) =>
          group.decode(one, atKey(at, index)),
        ),
      ),
    encode: (value) => encodeValue(value, (groups) => groups.map((one) => group.encode(one))),
  };
}

// Attributes that the table does not know are dropped: a state may have been written by another version of it.
function decodeAttributes<Table extends AttributeTable>(
  table: Table,
  wire: unknown,
  at: AttributePath,
): AttributeValues<Table> {
  const members = new Map(membersOf(wire, 'a group of attributes', at));
  const values = Object.entries(table).map(([name, { type }]) => {
    const value = type.decode(members.get(name), [...at, { kind: 'attribute', name }]);
    return [name, value] as const;
  });
  // The one place where a checked table becomes a type: each name was decoded by its own attribute's type just above.
  return Object.fromEntries(values) as AttributeValues<Table>;
}

// By name, as Terraform does: so what it hands back is told by its bytes (host-message.ts).
function encodeAttributes<Table extends AttributeTable>(
  table: Table,
  values: AttributeValues<Table>,
): Record<string, unknown> {
  const names = Object.keys(table).sort();
  return Object.fromEntries(names.map((name) => [name, table[name]?.type.encode(values[name] ?? NULL)]));
}
