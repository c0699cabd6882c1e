// Packets and rule sets for the tests of the simulator.
import type { Family, Table } from '../../lib/model/iptables';
import { BUILT_IN_CHAINS, chainKey } from '../../lib/model/iptables';
import { isWithin, parseAddresses } from '../../lib/simulate/addresses';
import { some } from '../../lib/simulate/answer';
import type { Packet } from '../../lib/simulate/packet';
import { NO_DEVICE } from '../../lib/simulate/packet';
import type { Chain, RuleSet, Surroundings } from '../../lib/simulate/rule-set';
import { rememberingParser } from '../../lib/simulate/rule-set';

const OWN = ['192.0.2.6', '10.1.0.6', '127.0.0.0/8', '2001:db8::6'];

export function addresses(text: string, family: Family = 'ipv4'): Packet['source'] {
  const parsed = parseAddresses(text, family);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
}

/** The first packet of an SSH connection, unless given otherwise. */
export function packet(given: Partial<Packet> = {}): Packet {
  const { family = 'ipv4' } = given;
  return {
    family,
    protocol: 'tcp',
    source: addresses(family === 'ipv4' ? '198.51.100.7' : '2001:db8:1::7', family),
    destination: addresses(family === 'ipv4' ? '192.0.2.6' : '2001:db8::6', family),
    sourcePorts: { first: 1024, last: 65535 },
    destinationPorts: { first: 22, last: 22 },
    flags: ['SYN'],
    inDevice: { kind: 'named', name: 'eth0' },
    outDevice: NO_DEVICE,
    ctstate: 'NEW',
    direction: 'original',
    mark: 0,
    ...given,
  };
}

/** Lines `TABLE CHAIN RULE`, or `TABLE CHAIN policy DROP`. */
export function surroundings(lines: readonly string[], family: Family = 'ipv4'): Surroundings {
  return { ruleSet: ruleSet(lines, family), isLocal, parse: rememberingParser() };
}

/** `tcp 198.51.100.7:1024 -> 192.0.2.6:22`, by eth0; where the source is the host's own, by no device. */
export function packetOf(text: string, given: Partial<Packet> = {}): Packet {
  const [protocol = '', source = '', , destination = ''] = text.split(' ');
  const family: Family = source.includes('[') ? 'ipv6' : 'ipv4';
  const [from, to] = [endOf(source), endOf(destination)];
  return packet({
    family,
    protocol,
    source: addresses(from.address, family),
    destination: addresses(to.address, family),
    sourcePorts: { first: from.port, last: from.port },
    destinationPorts: { first: to.port, last: to.port },
    flags: protocol === 'tcp' ? ['SYN'] : [],
    ...given,
  });
}

function endOf(text: string): { readonly address: string; readonly port: number } {
  const [, address = '', port = '0'] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? [];
  return { address, port: Number(port) };
}

function isLocal(asked: Packet['source'], family: Family): ReturnType<Surroundings['isLocal']> {
  const own = OWN.flatMap((text) => parseAddresses(text, family) ?? []);
  return some(own.map((each) => isWithin(asked, each)));
}

function ruleSet(lines: readonly string[], family: Family): RuleSet {
  const chains = new Map<string, Chain & { rules: string[] }>();
  for (const line of lines) {
    const [table = '', chain = '', ...words] = line.split(' ');
    const address = { family, table: tableOf(table), chain };
    const key = chainKey(address);
    const found = chains.get(key) ?? { address, rules: [] };
    if (words[0] === 'policy') chains.set(key, { ...found, policy: words[1] ?? '' });
    else {
      found.rules.push(words.join(' '));
      chains.set(key, found);
    }
  }
  return chains;
}

function tableOf(text: string): Table {
  const tables: readonly Table[] = ['filter', 'nat', 'mangle', 'raw', 'security'];
  const table = tables.find((each) => each === text && BUILT_IN_CHAINS[each].length > 0);
  if (table === undefined) throw new Error(`no table: ${text}`);
  return table;
}
