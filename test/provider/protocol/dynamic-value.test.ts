// Values on the wire, from the bytes that go-cty sends.
import { expect, test } from 'vitest';
import { attributePath } from '../../../lib/provider/protocol/attribute-path';
import { Rejected } from '../../../lib/provider/protocol/diagnostic';
import {
  decodeDynamicValue,
  encodeDynamicValue,
  isNullValue,
} from '../../../lib/provider/protocol/dynamic-value';
import { messageOf } from '../../../lib/provider/protocol/message-writer';
import { NULL, UNKNOWN, known } from '../../../lib/provider/protocol/value';
import { type WireType, bool, listOf, mapOf, number, string } from '../../../lib/provider/protocol/wire-type';

const AT = attributePath('it');

const VALUES: readonly (readonly [string, WireType<unknown>, string, unknown])[] = [
  ['a null string', string, 'c0', NULL],
  ['an unknown string', string, 'd40000', UNKNOWN],
  ['an unknown string that is known not to be null', string, 'c7030c8101c2', UNKNOWN],
  ['an empty string', string, 'a0', known('')],
  ['a string beyond ASCII', string, 'a5c3bce28692', known('ü→')],
  ['true', bool, 'c3', known(true)],
  ['false', bool, 'c2', known(false)],
  ['a small number', number, '16', known(22)],
  ['a number of two bytes', number, 'cdffff', known(65535)],
  ['a fraction', number, 'cb4036800000000000', known(22.5)],
  ['a number as its digits', number, 'a431653330', known(1e30)],
  ['a null map', mapOf(string), 'c0', NULL],
  ['an unknown map', mapOf(string), 'd40000', UNKNOWN],
  ['an empty map', mapOf(string), '80', known(new Map())],
  ['a null list', listOf(string), 'c0', NULL],
  [
    'a list with a known, a null and an unknown element',
    listOf(string),
    '93a178c0d40000',
    known([known('x'), NULL, UNKNOWN]),
  ],
  [
    'a map with a known, a null and an unknown element',
    mapOf(string),
    '83a161a178a162c0a163d40000',
    known(
      new Map<string, unknown>([
        ['a', known('x')],
        ['b', NULL],
        ['c', UNKNOWN],
      ]),
    ),
  ],
];

test.each(VALUES)('reads %s', (_name, type, hex, expected) => {
  expect(type.decode(decodeDynamicValue(msgpackMessage(hex)), AT)).toEqual(expected);
});

test.each(VALUES)('tells without reading it whether it is null: %s', (_name, _type, hex, expected) => {
  expect(isNullValue(msgpackMessage(hex))).toBe(expected === NULL);
});

test.each([
  ['null', true],
  ['{}', false],
])('tells it of %s in JSON', (json, isNull) => {
  const message = messageOf((write) => {
    write.bytes(2, Buffer.from(json));
  });
  expect(isNullValue(message)).toBe(isNull);
});

test('takes no value for null', () => {
  expect(isNullValue(new Uint8Array())).toBe(true);
});

test.each(VALUES.filter(([name]) => !/known not|digits/.test(name)))(
  'writes %s as it was read',
  (_name, type, hex) => {
    const value = type.decode(decodeDynamicValue(msgpackMessage(hex)), AT);
    expect(Buffer.from(encodeDynamicValue(type.encode(value))).toString('hex')).toBe(
      Buffer.from(msgpackMessage(hex)).toString('hex'),
    );
  },
);

test.each([
  ['nothing at all', '', null],
  ['JSON', '{"a":[1,null]}', { a: [1, null] }],
])('reads a message of %s', (_name, json, expected) => {
  const message = messageOf((write) => {
    write.bytes(2, Buffer.from(json));
  });
  expect(decodeDynamicValue(message)).toEqual(expected);
});

test.each([
  ['a number for a string', string, '16', 'it must be a string, got a number'],
  ['a list for a map', mapOf(string), '90', 'it must be a map of string, got a list'],
  ['a map for a list', listOf(string), '80', 'it must be a list of string, got a map'],
  ['a string for a bool', bool, 'a178', 'it must be true or false, got a string'],
  ['text for a number', number, 'a178', 'it must be a number, got a string'],
  ['a map for a string', string, '80', 'it must be a string, got a map'],
] as const)('refuses %s and names the attribute, not the value', (_name, type, hex, detail) => {
  expect(problemOf(() => type.decode(decodeDynamicValue(msgpackMessage(hex)), AT))).toEqual([
    { severity: 'error', summary: 'Wrong type for it', detail, path: AT },
  ]);
});

test('points at the element of a map that has the wrong type', () => {
  const problems = problemOf(() => mapOf(string).decode({ x: 5 }, attributePath('parts')));
  expect(problems).toMatchObject([
    {
      detail: 'parts["x"] must be a string, got a number',
      path: [
        { kind: 'attribute', name: 'parts' },
        { kind: 'key', key: 'x' },
      ],
    },
  ]);
});

function msgpackMessage(hex: string): Uint8Array {
  return messageOf((write) => {
    write.bytes(1, Buffer.from(hex, 'hex'));
  });
}

function problemOf(decoding: () => unknown): unknown {
  try {
    return decoding();
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics;
    throw error;
  }
}
