// Cases of kube-proxy's own tests of its IPVS mode: the servers, members and order of rules that it expects, and all lines as golden text.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Declaration } from '../../lib/model/declaration';
import type { Rule } from '../../lib/model/rule';
import { layOut } from '../../lib/services/lay-out';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import proxier from '../cases/kube-proxy-ipvs/TestIPv4Proxier/given.json';
import loadBalancer from '../cases/kube-proxy-ipvs/TestLoadBalancer/given.json';
import sourceRanges from '../cases/kube-proxy-ipvs/TestLoadBalancerSourceRanges/given.json';
import noEndpoints from '../cases/kube-proxy-ipvs/TestNodePortIPv4NoEndpoints/given.json';
import sctp from '../cases/kube-proxy-ipvs/TestNodePortIPv4Sctp/given.json';
import tcp from '../cases/kube-proxy-ipvs/TestNodePortIPv4Tcp/given.json';
import udp from '../cases/kube-proxy-ipvs/TestNodePortIPv4Udp/given.json';
import type { KubeProxyCase } from './kube-proxy-case';
import { toHostedServices } from './kube-proxy-case';

interface IpvsCase extends KubeProxyCase {
  readonly expected: {
    readonly virtualServers: readonly ExpectedServer[];
    readonly sets: Readonly<Record<string, readonly string[]>>;
    /** What each rule of a chain does, and the set that it looks in. */
    readonly chains: Readonly<Record<string, readonly ExpectedRule[]>>;
  };
}

interface ExpectedServer {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly scheduler: string;
  readonly realServers: readonly {
    readonly address: string;
    readonly port: number;
    readonly weight: number;
  }[];
}

interface ExpectedRule {
  readonly jump: string;
  readonly matchSet?: string;
}

const CASES: readonly (readonly [name: string, given: IpvsCase])[] = [
  ['TestIPv4Proxier', proxier],
  ['TestLoadBalancer', loadBalancer],
  ['TestLoadBalancerSourceRanges', sourceRanges],
  ['TestNodePortIPv4NoEndpoints', noEndpoints],
  ['TestNodePortIPv4Sctp', sctp],
  ['TestNodePortIPv4Tcp', tcp],
  ['TestNodePortIPv4Udp', udp],
];

describe.each(CASES)('%s', (name, given) => {
  const parts = [...layOut(toHostedServices(given))];
  const declarations = parts.flatMap(([, each]) => each);
  const { virtualServers, sets, chains } = given.expected;

  test('is laid out as its golden file says', async () => {
    const text = parts.map(([part, each]) => `# ${part}\n${print(each)}`).join('\n');
    const path = join(__dirname, '..', 'cases/kube-proxy-ipvs', name, 'expected.lines');
    await expect(text).toMatchFileSnapshot(path);
  });

  test('reads back as parts without a problem', () => {
    expect(parseParts(Object.fromEntries(parts.map(([part, each]) => [part, print(each)]))).problems).toEqual(
      [],
    );
  });

  test('has the virtual and real servers that kube-proxy expects', () => {
    expect(serversOf(declarations)).toEqual(virtualServers);
  });

  test.each(Object.entries(sets))('has the members of %s that kube-proxy expects', (set, members) => {
    expect(
      declarations.flatMap((each) => (each.kind === 'member' && each.set === set ? each.member : [])),
    ).toEqual(members);
  });

  test.each(Object.entries(chains))(
    'has the rules of %s in the order that kube-proxy expects',
    (chain, rules) => {
      const own = declarations.flatMap((each) =>
        each.kind === 'rule' && each.chain === chain ? toExpectedRule(each.rule) : [],
      );
      expect(own).toEqual(rules);
    },
  );
});

function print(declarations: readonly Declaration[]): string {
  return declarations.map((each) => `${printDeclaration(each)}\n`).join('');
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
