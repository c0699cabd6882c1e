// Cases of kube-proxy's own tests of its IPVS mode: the servers, members and order of rules that it expects, and all lines as golden text.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Declaration } from '../../lib/model/declaration';
import type { Rule } from '../../lib/model/rule';
import { layOut } from '../../lib/services/lay-out';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import type { ExpectedRule, ExpectedServer, IpvsExpectation, KubeProxyCase } from './kube-proxy-case';
import { readCases, toHostedServices } from './kube-proxy-case';

const CASES = readCases('kube-proxy-ipvs');

test('there are all of the cases', () => {
  expect(CASES).toHaveLength(21);
});

function laidOut(given: KubeProxyCase) {
  const parts = [...layOut(toHostedServices(given))];
  const declarations = parts.flatMap(([, each]) => each);
  return { parts, declarations, servers: serversOf(declarations) };
}

function casesWith<Key extends keyof IpvsExpectation>(key: Key) {
  return CASES.flatMap(([name, given]) => {
    const expected = given.expected?.[key];
    return expected === undefined ? [] : [{ name, ...laidOut(given), expected }];
  });
}

test.each(CASES)('%s is laid out as its golden file says', async (name, given) => {
  const text = laidOut(given)
    .parts.map(([part, each]) => `# ${part}\n${print(each)}`)
    .join('\n');
  const path = join(__dirname, '..', 'cases/kube-proxy-ipvs', name, 'expected.lines');
  await expect(text).toMatchFileSnapshot(path);
});

test.each(CASES)('%s reads back as parts without a problem', (_name, given) => {
  const texts = Object.fromEntries(laidOut(given).parts.map(([part, each]) => [part, print(each)]));
  expect(parseParts(texts).problems).toEqual([]);
});

test.each(casesWith('virtualServers'))(
  '$name has the virtual and real servers that kube-proxy expects',
  ({ servers, expected }) => {
    expect(sorted(servers)).toEqual(sorted(expected));
  },
);

test.each(casesWith('virtualServerSubset'))(
  '$name has these virtual servers among others',
  ({ servers, expected }) => {
    expect(expected.length).toBeGreaterThan(0);
    expect(servers).toEqual(expect.arrayContaining([...expected]));
  },
);

test.each(casesWith('virtualServerCount'))(
  '$name has as many virtual servers as kube-proxy expects',
  ({ servers, expected }) => {
    expect(servers).toHaveLength(expected);
  },
);

test.each(CASES)('%s keeps clients at their endpoint where kube-proxy does', (_name, given) => {
  const timeouts = laidOut(given).declarations.flatMap((each) =>
    each.kind === 'virtual-server' ? [each.persistenceTimeoutSeconds] : [],
  );
  expect([...new Set(timeouts)]).toEqual([given.expected?.allVirtualServers?.timeoutSeconds]);
});

test.each(casesWith('sets'))(
  '$name has the members that kube-proxy expects',
  ({ declarations, expected }) => {
    for (const [set, own] of Object.entries(expected)) expect(membersOf(set, declarations), set).toEqual(own);
  },
);

test.each(casesWith('setCounts'))(
  '$name has as many members as kube-proxy expects',
  ({ declarations, expected }) => {
    for (const [set, count] of Object.entries(expected))
      expect(membersOf(set, declarations), set).toHaveLength(count);
  },
);

test.each(casesWith('bound'))(
  '$name has the addresses that kube-proxy binds',
  ({ declarations, expected }) => {
    const addresses = declarations.flatMap((each) => (each.kind === 'address' ? [each.address] : []));
    expect([...new Set(addresses)]).toEqual(expected);
  },
);

test.each(casesWith('chains'))(
  '$name has the rules in the order that kube-proxy expects',
  ({ declarations, expected }) => {
    for (const [chain, rules] of Object.entries(expected)) {
      const [, own = '', table] = /^([^(]+)(?:\((.*)\))?$/.exec(chain) ?? [];
      const found = (['nat', 'filter'] as const)
        .filter((each) => table === undefined || each === table)
        .flatMap((each) => rulesOf(declarations, each, own));
      expect(found, chain).toEqual(rules.map(toPlainRule));
    }
  },
);

function membersOf(set: string, declarations: readonly Declaration[]): readonly string[] {
  return declarations.flatMap((each) => (each.kind === 'member' && each.set === set ? each.member : []));
}

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
