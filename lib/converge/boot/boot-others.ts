// What a scope's objects need of others at a boot: devices, and chains, sets and virtual servers that may come late. Used by boot-files.ts.
import { isBuiltInChain } from '../../model/iptables';
import { linkKey } from '../../syntax/ip/link';
import { setKey } from '../../syntax/ipset/ipset';
import type { DesiredState } from '../desired';
import { targetChain } from '../desired';
import { devicesOf } from '../ip/devices';
import { isList, memberOf, setOf } from '../ipset/set-entries';
import { setsNamedBy } from '../ipset/set-names';
import { foreignServers } from '../ipvs/ipvs-proof';

const IP_KINDS = ['link-state', 'address', 'route'];

/** Those that the scope does not make itself: what stands on them is loaded when they are there. */
export function bootDevices({ entries }: DesiredState): string[] {
  const named = [...entries.values()].flatMap(({ entry }) =>
    IP_KINDS.includes(entry.kind) ? devicesOf(entry) : [],
  );
  return [...new Set(named)].filter((device) => !entries.has(linkKey(device)));
}

/** Lines `chain FAMILY TABLE NAME`, `set NAME` and `server -t ADDRESS:PORT -s rr`: what is left out until it is there. */
export function bootOthers(desired: DesiredState): string[] {
  const servers = foreignServers(
    [...desired.entries.values()].filter(({ entry }) => entry.kind === 'real-server'),
    desired.entries,
  ).map((line) => `server ${line.slice('-A '.length)}`);
  return [...new Set([...chainsOfOthers(desired), ...setsOfOthers(desired), ...servers])];
}

function chainsOfOthers({ chains }: DesiredState): string[] {
  return [...chains.values()].flatMap(({ address, own, rules }) => {
    const { family, table } = address;
    const named = rules.flatMap(({ rule }) => targetChain(rule) ?? []);
    return [...(own ? [] : [address.chain]), ...named]
      .filter((chain) => !isBuiltInChain({ table, chain }))
      .filter((chain) => chains.get(`${family} ${table} ${chain}`)?.own !== true)
      .map((chain) => `chain ${family} ${table} ${chain}`);
  });
}

function setsOfOthers({ chains, entries }: DesiredState): string[] {
  const members = [...entries.values()].flatMap(({ entry }) => {
    if (entry.kind !== 'member') return [];
    const container = entries.get(entry.container ?? '')?.entry;
    if (container === undefined) return [setOf(entry)];
    return isList(container) ? [memberOf(entry)] : [];
  });
  const named = [...chains.values()].flatMap(({ rules }) => rules.flatMap(({ text }) => setsNamedBy(text)));
  return [...named, ...members].filter((set) => !entries.has(setKey(set))).map((set) => `set ${set}`);
}
