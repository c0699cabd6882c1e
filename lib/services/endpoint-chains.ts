// The chains of a service that choose an endpoint, and those that translate to one; used by cluster-ip.ts.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import type { Match } from '../model/rule';
import type { ChainNames } from './chain-names';
import { append, comment, isFrom, isProtocol, jump, nat } from './declare';
import type { Service, ServiceEndpoint, TrafficPolicy } from './service';
import { printEndpoint } from './service';
import type { Traffic } from './traffic';

/** A client that kept an endpoint goes there; the others are shared out, with equal chances. */
export function declareDispatch(
  service: Service,
  { cluster, local }: Traffic,
  names: ChainNames,
): readonly Declaration[] {
  const ways: readonly (readonly [TrafficPolicy, readonly ServiceEndpoint[]])[] = [
    ['Cluster', cluster],
    ['Local', local],
  ];
  return ways.flatMap(([policy, endpoints]) => {
    const chain = nat(names.ofService(service, policy), service.family);
    const choose = (endpoint: ServiceEndpoint, matches: readonly Match[]): Declaration =>
      append(
        chain,
        [comment(`${service.name} -> ${printEndpoint(endpoint)}`), ...matches],
        jump(names.ofEndpoint(service, endpoint)),
      );
    return [
      ...endpoints.flatMap((endpoint) => {
        const kept = isKept(service, names.ofEndpoint(service, endpoint));
        return kept.length === 0 ? [] : [choose(endpoint, kept)];
      }),
      ...endpoints.map((endpoint, index) => choose(endpoint, takesShare(endpoints.length - index))),
    ];
  });
}

/** One chain per endpoint. With names of our own its rules say no more than they do: whose they are, the rules say that lead there. */
export function declareEndpoints(
  service: Service,
  { reachable }: Traffic,
  names: ChainNames,
): readonly Declaration[] {
  const { name, protocol, family } = service;
  return reachable.flatMap((endpoint) => {
    const chainName = names.ofEndpoint(service, endpoint);
    const chain = nat(chainName, family);
    const remark = names.areKubeProxys ? [comment(name)] : [];
    const matches: readonly Match[] = [
      isProtocol(protocol),
      ...remark,
      ...isRemembered(service, chainName),
      ...(names.areKubeProxys ? [{ kind: 'ports', protocol } as const] : []),
    ];
    return [
      // Hairpin: an endpoint that reaches itself would answer itself directly, past the translation.
      append(chain, [isFrom(endpoint.address), ...remark], jump(names.markForMasquerade)),
      append(chain, matches, { kind: 'dnat', to: printEndpoint(endpoint), flags: [] }),
    ];
  });
}

/** One of `remaining` endpoints takes its equal share; the last one takes all that is left. */
export function takesShare(remaining: number): readonly Match[] {
  return remaining === 1 ? [] : [{ kind: 'statistic-random', probability: probability(remaining) }];
}

/** kube-proxy's precision: ten decimals. */
function probability(remaining: number): number {
  return Number((1 / remaining).toFixed(10));
}

/** The list that bears the endpoint's name has the client, and not for too long. */
function isKept({ affinityTimeoutSeconds, family }: Service, list: string): readonly Match[] {
  if (affinityTimeoutSeconds === undefined) return [];
  return [
    recent([
      { name: '--rcheck', values: [] },
      { name: '--seconds', values: [`${affinityTimeoutSeconds}`] },
      { name: '--reap', values: [] },
      ...inList(list, family),
    ]),
  ];
}

function isRemembered({ affinityTimeoutSeconds, family }: Service, list: string): readonly Match[] {
  if (affinityTimeoutSeconds === undefined) return [];
  return [recent([{ name: '--set', values: [] }, ...inList(list, family)])];
}

type Options = Extract<Match, { kind: 'module' }>['options'];

function recent(options: Options): Match {
  return { kind: 'module', module: 'recent', options };
}

/** Each client by its whole address. */
function inList(list: string, family: Family): Options {
  return [
    { name: '--name', values: [list] },
    { name: '--mask', values: [WHOLE_ADDRESS[family]] },
    { name: '--rsource', values: [] },
  ];
}

const WHOLE_ADDRESS: Readonly<Record<Family, string>> = {
  ipv4: '255.255.255.255',
  ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};
