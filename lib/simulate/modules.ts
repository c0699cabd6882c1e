// The modules behind `-m`: which of them are evaluated, and why the others are not. A test holds that none of the vocabulary is missing.
import type { ModuleOption } from '../model/rule';
import { readPortRange } from '../syntax/vocabulary/values';
import { addressBits, isBetween } from './addresses';
import type { Answer } from './answer';
import { all, known, some, unlessNegated } from './answer';
import type { Look } from './match';
import { matchConntrack } from './match-conntrack';
import { matchIpvs } from './match-ipvs';
import { matchRecent } from './match-recent';
import { matchSet } from './match-set';
import type { Packet } from './packet';
import { isPortWithin } from './packet';

/** What the simulator does with the uses of one module. */
export type ModuleRow =
  | { readonly kind: 'evaluated'; readonly evaluate: Evaluate; readonly why: string }
  /** By its own kind of match. */
  | { readonly kind: 'own-kind' }
  | { readonly kind: 'not-evaluated'; readonly why: string }
  /** The kernel decides packet by packet. */
  | { readonly kind: 'by-chance'; readonly why: string };

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
  conntrack: evaluated(matchConntrack),
  state: evaluated(matchConntrack),
  multiport: evaluated(eachOf(multiport)),
  iprange: evaluated(eachOf(iprange)),
  pkttype: evaluated(eachOf(pkttype)),
  icmp: evaluated(otherProtocol('icmp')),
  icmp6: evaluated(otherProtocol('ipv6-icmp')),
  esp: evaluated(otherProtocol('esp')),
  ah: evaluated(otherProtocol('ah')),
  mh: evaluated(otherProtocol('mobility-header')),
  statistic: { kind: 'by-chance', why: 'it goes by the count of packets' },
  limit: notEvaluated('it depends on how many packets came before'),
  connlimit: notEvaluated('it depends on how many connections there are'),
  hashlimit: notEvaluated('it depends on how many packets came before'),
  recent: evaluated(matchRecent, 'it depends on who came before'),
  set: evaluated(matchSet, 'the members of sets are not looked at'),
  connmark: notEvaluated('the marks of connections are not known'),
  connbytes: notEvaluated('it depends on what a connection carried before'),
  helper: notEvaluated('the helpers of connections are not known'),
  physdev: evaluated(physdev, 'the ports of bridges are not known'),
  owner: notEvaluated('whose socket it is is not known'),
  policy: notEvaluated('the policies of IPsec are not known'),
  rpfilter: notEvaluated('it depends on the way back that the kernel would take'),
  socket: notEvaluated('the sockets of the host are not known'),
  ipvs: evaluated(matchIpvs, 'what IPVS did with the packet is not known'),
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

function evaluated(evaluate: Evaluate, why = 'that is not known from here'): ModuleRow {
  return { kind: 'evaluated', evaluate, why };
}

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

/** Where no bridge has seen the packet, the kernel takes the rule if every option of it is negated. A host's own packets no bridge has seen. */
function physdev(options: readonly ModuleOption[], { inDevice }: Packet, { surroundings }: Look): Answer {
  const isOwn = inDevice.kind === 'none' || (inDevice.kind === 'named' && inDevice.name === 'lo');
  if (surroundings.hasBridgePorts !== false && !isOwn) return 'unknown';
  return known(options.every(({ negated }) => negated === true));
}
