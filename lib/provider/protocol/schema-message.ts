// The schema of a block as tfplugin6 wants it, from its table of attributes. Used by GetProviderSchema.
import type { Attribute, AttributeTable, NestedType } from './attributes';
import { messageOf } from './message-writer';

const MARKDOWN = 1;
const NESTING = { single: 1, list: 2 } as const;

/** The version is the one of the state's shape, which `upgrade-resource-state.ts` knows how to read. */
export function encodeSchema(version: number, description: string, table: AttributeTable): Uint8Array {
  const block = messageOf((write) => {
    for (const [name, attribute] of Object.entries(table)) write.message(2, encodeAttribute(name, attribute));
    write.text(4, description);
    write.integer(5, MARKDOWN);
  });
  return messageOf((write) => {
    write.integer(1, version);
    write.message(2, block);
  });
}

function encodeAttribute(name: string, attribute: Attribute<unknown>): Uint8Array {
  const { type, mode, description, sensitive } = attribute;
  return messageOf((write) => {
    write.text(1, name);
    if ('attributes' in type) write.message(10, encodeNesting(type));
    else write.bytes(2, Buffer.from(JSON.stringify(type.cty)));
    write.text(3, description);
    write.flag(4, mode === 'required');
    write.flag(5, mode === 'optional' || mode === 'defaulted');
    write.flag(6, mode === 'computed' || mode === 'defaulted');
    write.flag(7, sensitive === true);
    write.integer(8, MARKDOWN);
  });
}

function encodeNesting({ attributes, nesting }: NestedType<unknown>): Uint8Array {
  return messageOf((write) => {
    for (const [name, attribute] of Object.entries(attributes))
      write.message(1, encodeAttribute(name, attribute));
    write.integer(3, NESTING[nesting]);
  });
}
