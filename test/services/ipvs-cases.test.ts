// Cases of kube-proxy's own tests of its IPVS mode: the servers, members and order of rules that it expects, and all lines as golden text.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Declaration } from '../../lib/model/declaration';
import type { Rule } from '../../lib/model/rule';
import { layOut } from '../../lib/services/lay-out';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import type { ExpectedRule, ExpectedServer } from './kube-proxy-case';
import { readCases, toHostedServices } from './kube-proxy-case';

const CASES = readCases('kube-proxy-ipvs');

test('there are all of the cases', () => {
  expect(CASES).toHaveLength(21);
});

describe.each(CASES)('%s', (name, given) => {
  const parts = [...layOut(toHostedServices(given))];
  const declarations = parts.flatMap(([, each]) => each);
  const servers = serversOf(declarations);
  const expected = given.expected ?? {};

  test('is laid out as its golden file says', async () => {
    const text = parts.map(([part, each]) => `# ${part}\n${print(each)}`).join('\n');
    const path = join(__dirname, '..', 'cases/kube-proxy-ipvs', name, 'expected.lines');
    await expect(text).toMatchFileSnapshot(path);
  });

  test('reads back as parts without a problem', () => {
    const texts = Object.fromEntries(parts.map(([part, each]) => [part, print(each)]));
    expect(parseParts(texts).problems).toEqual([]);
  });

  test('has the virtual and real servers that kube-proxy expects', () => {
    const { virtualServers, virtualServerSubset = [], virtualServerCount, allVirtualServers } = expected;
    if (virtualServers !== undefined) expect(sorted(servers)).toEqual(sorted(virtualServers));
    expect(servers).toEqual(expect.arrayContaining([...virtualServerSubset]));
    expect(servers).toHaveLength(virtualServerCount ?? servers.length);
    const timeouts = declarations.flatMap((each) =>
      each.kind === 'virtual-server' ? [each.persistenceTimeoutSeconds] : [],
    );
    expect([...new Set(timeouts)]).toEqual([allVirtualServers?.timeoutSeconds]);
  });

  test('has the members and addresses that kube-proxy expects', () => {
    const { sets = {}, setCounts = {}, bound } = expected;
    const members = (set: string): readonly string[] =>
      declarations.flatMap((each) => (each.kind === 'member' && each.set === set ? each.member : []));
    for (const [set, own] of Object.entries(sets)) expect(members(set), set).toEqual(own);
    for (const [set, count] of Object.entries(setCounts)) expect(members(set), set).toHaveLength(count);
    const addresses = declarations.flatMap((each) => (each.kind === 'address' ? [each.address] : []));
    if (bound !== undefined) expect([...new Set(addresses)]).toEqual(bound);
  });

  test('has the rules in the order that kube-proxy expects', () => {
    for (const [chain, rules] of Object.entries(expected.chains ?? {})) {
      const [, own = '', table] = /^([^(]+)(?:\((.*)\))?$/.exec(chain) ?? [];
      const found = (['nat', 'filter'] as const)
        .filter((each) => table === undefined || each === table)
        .flatMap((each) => rulesOf(declarations, each, own));
      expect(found, chain).toEqual(rules.map(toPlainRule));
    }
  });
});

function print(declarations: readonly Declaration[]): string {
  return declarations.map((each) => `${printDeclaration(each)}\n`).join('');
}

function sorted(servers: readonly ExpectedServer[]): readonly ExpectedServer[] {
  const key = ({ address, port }: ExpectedServer): string => `${address} ${port}`;
  return servers.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function serversOf(declarations: readonly Declaration[]): readonly ExpectedServer[] {
  return declarations.flatMap((each) => {
    if (each.kind !== 'virtual-server' || each.server.by !== 'address') return [];
    const { address, port, protocol } = each.server;
    const realServers = declarations.flatMap((real) =>
      real.kind === 'real-server' && JSON.stringify(real.server) === JSON.stringify(each.server)
        ? { address: real.address, port: real.port, weight: real.weight }
        : [],
    );
    return { address, port, protocol: protocol.toUpperCase(), scheduler: each.scheduler, realServers };
  });
}

function rulesOf(
  declarations: readonly Declaration[],
  table: 'nat' | 'filter',
  chain: string,
): readonly ExpectedRule[] {
  return declarations.flatMap((each) =>
    each.kind === 'rule' && each.table === table && each.chain === chain ? toExpectedRule(each.rule) : [],
  );
}

/** Without what a golden file says better. */
function toPlainRule({ jump, matchSet }: ExpectedRule): ExpectedRule {
  return { jump, ...(matchSet === undefined ? {} : { matchSet }) };
}

function toExpectedRule({ matches, target }: Rule): ExpectedRule {
  const set = matches
    .flatMap((match) => (match.kind === 'module' ? match.options : []))
    .find((option) => option.name === '--match-set')?.values[0];
  return { jump: toJump(target), ...(set === undefined ? {} : { matchSet: set }) };
}

function toJump(target: Rule['target']): string {
  if (target?.kind === 'jump') return target.chain;
  return target?.kind === 'verdict' ? target.verdict : '';
}
