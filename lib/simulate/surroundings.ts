// A host as its tools tell it, made ready for a packet to walk through. Used by tests, and by who has a host's text.
import type { Family } from '../model/iptables';
import { chainKey, FAMILIES } from '../model/iptables';
import { parseSave } from '../syntax/iptables-save';
import { readServer } from '../syntax/ipvs/ipvsadm';
import { splitWords } from '../syntax/words';
import type { Addresses } from './addresses';
import { isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { some } from './answer';
import type { RecentList } from './match-recent';
import { firstAddress, masqueradeAddress } from './own-addresses';
import type { Connected } from './routes';
import { routesOf } from './routes';
import type { Chain, RuleSet, Surroundings } from './rule-set';
import { rememberingParser } from './rule-set';
import { readSets } from './set-contents';
import type { VirtualServer } from './virtual-servers';

/** What is known of a host. What is not said here it does not have. */
export interface GivenHost {
  /** As iptables-save and ip6tables-save print them. */
  readonly rules: Partial<Readonly<Record<Family, string>>>;
  /** Its own addresses and their networks, the first of each device first: `10.0.0.1/24` on `eth0`. The loopback ones are known. */
  readonly addresses: readonly Connected[];
  /**
   * Networks, or `default`, and the devices by which they are reached, beside the networks of its addresses.
   * @default - by which device a packet leaves is not known
   */
  readonly routes?: readonly Connected[];
  /**
   * As `ipset save` prints them.
   * @default - none
   */
  readonly sets?: string;
  /**
   * As `ipvsadm -Sn` prints them.
   * @default - none
   */
  readonly virtualServers?: string;
  /**
   * The sysctl `net.ipv4.vs.conntrack`.
   * @default - true, as services need it
   */
  readonly isIpvsTracked?: boolean;
  /**
   * The lists of the recent match.
   * @default - all empty
   */
  readonly recent?: ReadonlyMap<string, RecentList>;
  /**
   * True where some device is a port of a bridge.
   * @default - false
   */
  readonly hasBridgePorts?: boolean;
  /**
   * The sysctl `route_localnet` of the devices by which packets come and go.
   * @default - false
   */
  readonly isLocalnetRouted?: boolean;
}

/** Throws what the readers of the texts throw. */
export function toSurroundings(given: GivenHost): Surroundings {
  const { addresses, routes, sets = '', virtualServers = '', isIpvsTracked = true } = given;
  return {
    ruleSet: new Map(FAMILIES.flatMap((family) => [...readRuleSet(given.rules[family] ?? '', family)])),
    parse: rememberingParser(),
    isLocal: localOf(addresses),
    ...(routes === undefined ? {} : { routeOf: routesOf([...addresses, ...routes]) }),
    addressOf: (device, family) => firstAddress(addresses, device, family),
    masqueradeAddressOf: (packet) => masqueradeAddress(addresses, packet),
    sets: readSets(sets),
    recent: given.recent ?? new Map(),
    ipvs: { servers: readVirtualServers(virtualServers), isTracked: isIpvsTracked ? 'yes' : 'no' },
    hasBridgePorts: given.hasBridgePorts ?? false,
    isLocalnetRouted: given.isLocalnetRouted ?? false,
  };
}

/** The chains of one family. Throws `UnreadableSave`. */
export function readRuleSet(saved: string, family: Family): RuleSet {
  const chains = new Map<string, Chain & { rules: string[] }>();
  for (const { table, chains: named, rules } of parseSave(saved, { family })) {
    for (const { name, policy } of named) {
      const address = { family, table, chain: name };
      chains.set(chainKey(address), { address, rules: [], ...(policy === undefined ? {} : { policy }) });
    }
    for (const { chain, text } of rules) chains.get(chainKey({ family, table, chain }))?.rules.push(text);
  }
  return chains;
}

/** The virtual servers with their real servers. Throws `InvalidInput`. */
export function readVirtualServers(saved: string): VirtualServer[] {
  const lines = saved.split('\n').filter((line) => line.trim() !== '');
  const declared = lines.map((line) => readServer(splitWords(line.trim())));
  return declared.flatMap((declaration) => {
    if (declaration.kind !== 'virtual-server') return [];
    const key = JSON.stringify(declaration.server);
    const realServers = declared
      .filter((each) => each.kind === 'real-server')
      .filter(({ server }) => JSON.stringify(server) === key);
    return [{ declaration, realServers }];
  });
}

function localOf(addresses: readonly Connected[]): Surroundings['isLocal'] {
  const own = [...addresses.map(({ network }) => network.split('/')[0] ?? ''), '127.0.0.0/8', '::1'];
  const of = (family: Family): Addresses[] => own.flatMap((text) => parseAddresses(text, family) ?? []);
  const byFamily = { ipv4: of('ipv4'), ipv6: of('ipv6') };
  return (asked, family): Answer => some(byFamily[family].map((each) => isWithin(asked, each)));
}
