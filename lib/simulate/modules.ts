// The modules behind `-m`: which of them are evaluated, and why the others are not. A test holds that none of the vocabulary is missing.
import type { ModuleOption } from '../model/rule';
import { protocolNumber } from '../syntax/vocabulary/protocols';
import { readPortRange } from '../syntax/vocabulary/values';
import { addressBits, isBetween } from './addresses';
import type { Answer } from './answer';
import { all, known, some, unlessNegated } from './answer';
import type { Look } from './match';
import { matchCtstate } from './match';
import type { Packet } from './packet';
import { isPortWithin } from './packet';

/** What the simulator does with the uses of one module. */
export type ModuleRow =
  | { readonly kind: 'evaluated'; readonly evaluate: Evaluate }
  /** By its own kind of match. */
  | { readonly kind: 'own-kind' }
  | { readonly kind: 'not-evaluated'; readonly why: string };

type Evaluate = (options: readonly ModuleOption[], packet: Packet, look: Look) => Answer;

const OWN_KIND: ModuleRow = { kind: 'own-kind' };

/** By the word behind `-m`. */
export const MODULES: Readonly<Record<string, ModuleRow>> = {
  tcp: OWN_KIND,
  udp: OWN_KIND,
  sctp: OWN_KIND,
  dccp: OWN_KIND,
  comment: OWN_KIND,
  mark: OWN_KIND,
  addrtype: OWN_KIND,
  conntrack: { kind: 'evaluated', evaluate: conntrack },
  state: { kind: 'evaluated', evaluate: conntrack },
  multiport: { kind: 'evaluated', evaluate: eachOf(multiport) },
  iprange: { kind: 'evaluated', evaluate: eachOf(iprange) },
  pkttype: { kind: 'evaluated', evaluate: eachOf(pkttype) },
  icmp: { kind: 'evaluated', evaluate: otherProtocol('icmp') },
  icmp6: { kind: 'evaluated', evaluate: otherProtocol('ipv6-icmp') },
  esp: { kind: 'evaluated', evaluate: otherProtocol('esp') },
  ah: { kind: 'evaluated', evaluate: otherProtocol('ah') },
  mh: { kind: 'evaluated', evaluate: otherProtocol('mobility-header') },
  statistic: notEvaluated('it goes by chance, or by the count of packets'),
  limit: notEvaluated('it depends on how many packets came before'),
  connlimit: notEvaluated('it depends on how many connections there are'),
  hashlimit: notEvaluated('it depends on how many packets came before'),
  recent: notEvaluated('it depends on who came before'),
  set: notEvaluated('the members of sets are not looked at'),
  connmark: notEvaluated('the marks of connections are not known'),
  connbytes: notEvaluated('it depends on what a connection carried before'),
  helper: notEvaluated('the helpers of connections are not known'),
  physdev: notEvaluated('the ports of bridges are not known'),
  owner: notEvaluated('whose socket it is is not known'),
  policy: notEvaluated('the policies of IPsec are not known'),
  rpfilter: notEvaluated('it depends on the way back that the kernel would take'),
  socket: notEvaluated('the sockets of the host are not known'),
  ipvs: notEvaluated('what IPVS does with a packet is not followed'),
  mac: notEvaluated('hardware addresses are not known'),
  length: notEvaluated('lengths of packets are not known'),
  ttl: notEvaluated('the TTL of packets is not known'),
  hl: notEvaluated('the hop limit of packets is not known'),
  tos: notEvaluated('the TOS of packets is not known'),
  dscp: notEvaluated('the DSCP of packets is not known'),
  tcpmss: notEvaluated('the MSS of packets is not known'),
  string: notEvaluated('what packets carry is not known'),
  u32: notEvaluated('what packets carry is not known'),
  bpf: notEvaluated('programs are not run here'),
  eui64: notEvaluated('hardware addresses are not known'),
  frag: notEvaluated('headers of IPv6 that follow the first are not known'),
  rt: notEvaluated('headers of IPv6 that follow the first are not known'),
  dst: notEvaluated('headers of IPv6 that follow the first are not known'),
  hbh: notEvaluated('headers of IPv6 that follow the first are not known'),
  ipv6header: notEvaluated('headers of IPv6 that follow the first are not known'),
};

function notEvaluated(why: string): ModuleRow {
  return { kind: 'not-evaluated', why };
}

/** All options must hold, each with its own `!`. */
function eachOf(evaluate: (option: ModuleOption, packet: Packet, look: Look) => Answer): Evaluate {
  return (options, packet, look) =>
    all(options.map((option) => unlessNegated(evaluate(option, packet, look), option)));
}

/** It looks into packets of one protocol alone: whatever it asks, a packet of another does not have it. */
function otherProtocol(protocol: string): Evaluate {
  return (_options, packet) => (packet.protocol === protocol ? 'unknown' : 'no');
}

/** Of a packet without a connection the kernel looks at the state alone, whatever else is asked, and matches nothing without it. */
function conntrack(options: readonly ModuleOption[], packet: Packet, look: Look): Answer {
  const state = options.filter(({ name }) => name === '--ctstate' || name === '--state');
  if (packet.ctstate !== 'UNTRACKED') return eachOf(conntrackOption)(options, packet, look);
  return state.length === 0 ? 'no' : eachOf(conntrackOption)(state, packet, look);
}

function conntrackOption(
  { name, values: [value = ''] }: ModuleOption,
  packet: Packet,
  { table }: Look,
): Answer {
  switch (name) {
    case '--ctstate':
    case '--state':
      return matchCtstate(value.split(','), packet, table);
    case '--ctproto':
      return known(Number(value) === protocolNumber(packet.protocol));
    case '--ctdir':
      return known(value.toLowerCase() === packet.direction);
    default:
      return 'unknown';
  }
}

function multiport({ name, values: [value = ''] }: ModuleOption, packet: Packet): Answer {
  const ranges = value.split(',').map((text) => readPortRange(text, ':'));
  const source = some(ranges.map((range) => isPortWithin(packet.sourcePorts, range)));
  const destination = some(ranges.map((range) => isPortWithin(packet.destinationPorts, range)));
  if (name === '--sports') return source;
  return name === '--dports' ? destination : some([source, destination]);
}

function iprange({ name, values: [value = ''] }: ModuleOption, packet: Packet): Answer {
  const [first = '', last = first] = value.split('-');
  const ends = [addressBits(first, packet.family), addressBits(last, packet.family)] as const;
  const [lowest, highest] = ends;
  if (lowest === undefined || highest === undefined) return 'unknown';
  const addresses = name === '--src-range' ? packet.source : packet.destination;
  return isBetween(addresses, [lowest, highest], packet.family);
}

/** TCP speaks from one to one. Packets of the loopback device, and those that leave, are of types of their own. */
function pkttype({ values: [value = ''] }: ModuleOption, { inDevice, protocol }: Packet): Answer {
  if (inDevice.kind === 'none' || (inDevice.kind === 'named' && inDevice.name === 'lo')) return 'unknown';
  return protocol === 'tcp' ? known(value === 'unicast') : 'unknown';
}
