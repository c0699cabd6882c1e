import { expect, test } from 'vitest';
import { meaningOf, readPart } from '../../lib/converge/meaning';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { parsePart } from '../../lib/syntax/parts';
import { PARTS } from './scenario';

test('the same text is read once, whoever hands it over', () => {
  const first = meaningOf(DEFAULT_SCOPE, { ...PARTS });
  expect(meaningOf(DEFAULT_SCOPE, { ...PARTS })).toBe(first);
});

test('another text, another name of a part and another scope are read anew', () => {
  const first = meaningOf(DEFAULT_SCOPE, PARTS);
  const other = { ...PARTS, '50-service web': 'iptables -t nat -N GW-SVC-WEB' };
  expect(meaningOf(DEFAULT_SCOPE, other)).not.toBe(first);
  const { '90-last': last = '', ...rest } = PARTS;
  expect(meaningOf(DEFAULT_SCOPE, { ...rest, '91-last': last })).not.toBe(first);
  const scope = { name: 'web', chainPrefix: 'GW-' };
  expect(meaningOf(scope, PARTS).desired.scope).toEqual(scope);
});

test('a part whose text changed and changed back means what it says each time', () => {
  for (const port of ['80', '81', '80']) {
    const text = `iptables -A INPUT -p tcp --dport ${port} -j ACCEPT`;
    expect(readPart('web', text)).toEqual(parsePart('web', text));
  }
});

test('what is wrong with lines is told each time', () => {
  const bad = { web: 'iptables -F' };
  const codes = () => meaningOf(DEFAULT_SCOPE, bad).problems.map(({ code }) => code);
  expect([codes(), codes()]).toEqual([['removing-line'], ['removing-line']]);
});

test('a jump to a chain of ours that no line makes is told apart', () => {
  const { problems, jumpsToNowhere } = meaningOf(DEFAULT_SCOPE, { a: 'iptables -A INPUT -j GW-NOWHERE' });
  expect(problems).toEqual([]);
  expect(jumpsToNowhere().map(({ code }) => code)).toEqual(['unknown-chain']);
});
