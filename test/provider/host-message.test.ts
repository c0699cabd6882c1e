// Hosts as Terraform's messages: the same message is the same host, and of another one with the same parts these are the very same.
import { expect, test } from 'vitest';
import { declaredParts } from '../../lib/provider/declared-host';
import { decodeHost, encodeHost } from '../../lib/provider/host-message';
import { isSameHost, withState } from '../../lib/provider/host-target';
import { Rejected } from '../../lib/provider/protocol/diagnostic';
import { decodeDynamicValue, encodeDynamicValue } from '../../lib/provider/protocol/dynamic-value';
import { UNKNOWN, known } from '../../lib/provider/protocol/value';
import type { Host } from '../../lib/provider/schema/host';

const PARTS = { a: 'sysctl a.b=1', b: 'sysctl c.d=1' };

function messageOf(attributes: object): Uint8Array {
  return encodeDynamicValue(attributes);
}

function hostOf(attributes: object): Host {
  const value = decodeHost(messageOf(attributes));
  if (value.kind !== 'known') throw new Error(`the host is ${value.kind}`);
  return value.value;
}

test('what is encoded is decoded as it was', () => {
  const host = hostOf({ address: '192.0.2.1', port: 22, parts: PARTS });
  expect(decodeHost(encodeHost({ ...host, id: UNKNOWN }))).toEqual(known({ ...host, id: UNKNOWN }));
});

test('an equal message is the very same host', () => {
  const attributes = { address: '192.0.2.7', parts: PARTS };
  expect(decodeHost(messageOf(attributes))).toBe(decodeHost(messageOf({ ...attributes })));
  expect(decodeHost(messageOf({ ...attributes, port: 23 }))).not.toBe(decodeHost(messageOf(attributes)));
});

test('a host that was encoded is the very same when it comes back: names are sorted as Terraform sorts them', () => {
  const host = hostOf({ address: '192.0.2.8', parts: PARTS });
  const message = encodeHost({ ...host, id: known('one') });
  const names = Object.keys(decodeDynamicValue(message) as object);
  expect(names).toEqual([...names].sort());
  expect(decodeHost(Uint8Array.from(message))).toBe(decodeHost(message));
  expect(decodeHost(message)).toMatchObject(known({ id: known('one'), parts: host.parts }));
});

test('another host with the same parts has the very same parts', () => {
  const [one, other] = [hostOf({ id: 'one', parts: PARTS }), hostOf({ id: 'other', parts: { ...PARTS } })];
  expect(other.parts).toBe(one.parts);
  expect(declaredParts(other)).toBe(declaredParts(one));
  expect([one.id, other.id]).toEqual([known('one'), known('other')]);
});

test('a null that came in between does not part them', () => {
  const one = hostOf({ id: 'one', parts: PARTS });
  decodeHost(encodeDynamicValue(null));
  expect(hostOf({ id: 'another', parts: { ...PARTS } }).parts).toBe(one.parts);
});

test.each([
  ['one more', { ...PARTS, c: '' }],
  ['one less', { a: PARTS.a }],
  ['one of another text', { ...PARTS, b: 'sysctl c.d=2' }],
])('parts with %s are others', (_what, parts) => {
  hostOf({ parts: PARTS });
  expect(declaredParts(hostOf({ id: String(Math.random()), parts })).known).toEqual(parts);
});

test('a message of another type is refused, each time', () => {
  const wrong = messageOf({ parts: 'no map' });
  expect(() => decodeHost(wrong)).toThrow(Rejected);
  expect(() => decodeHost(wrong)).toThrow(Rejected);
});

test('a state in which nothing changed is the very same', () => {
  const host = hostOf({ id: 'one', address: '192.0.2.1', parts: PARTS });
  expect(isSameHost(host, withState(host, { id: 'one', parts: { ...PARTS } }))).toBe(true);
  for (const state of [
    { id: 'two', parts: PARTS },
    { parts: PARTS },
    { id: 'one', parts: { ...PARTS, a: '' } },
    { id: 'one', parts: { ...PARTS, '~unexpected': 'x' } },
    { id: 'one', parts: {} },
  ]) {
    const after = withState(host, state);
    expect(isSameHost(host, after)).toBe(false);
    expect(declaredParts(after).known).toEqual(state.parts);
  }
});

test('a part that is null is none that was read', () => {
  const host = hostOf({ id: 'one', parts: { ...PARTS, c: null } });
  expect(isSameHost(host, withState(host, { id: 'one', parts: PARTS }))).toBe(false);
});

test('a host without parts reads as one with no parts', () => {
  const host = hostOf({ id: 'one' });
  expect(withState(host, { id: 'one', parts: {} }).parts).toEqual(known(new Map()));
});
