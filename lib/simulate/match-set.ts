// The set match: is what a packet shows in the order of the flags a member of a set. Used by modules.ts.
import type { ModuleOption } from '../model/rule';
import type { Addresses } from './addresses';
import { isWithin } from './addresses';
import type { Answer } from './answer';
import { all, known, some, unlessNegated } from './answer';
import type { Look } from './match';
import type { Packet } from './packet';
import { isDevice, isPortWithin } from './packet';
import type { SetContents, SetMember, SetValue } from './set-contents';

/** Of a set that is not given nothing is known. Counters of members are of no account. */
export function matchSet(options: readonly ModuleOption[], packet: Packet, { surroundings }: Look): Answer {
  const asked = options.find(({ name }) => name === '--match-set');
  const [name = '', flags = ''] = asked?.values ?? [];
  if (asked === undefined || options.some((option) => !HARMLESS.includes(option.name))) return 'unknown';
  const answer = isMember(name, packet, { flags: flags.split(','), sets: surroundings.sets });
  return unlessNegated(answer, asked);
}

const HARMLESS: readonly string[] = ['--match-set', '--update-counters', '--update-subcounters'];

interface Lookup {
  readonly flags: readonly string[];
  readonly sets: ReadonlyMap<string, SetContents> | undefined;
}

function isMember(name: string, packet: Packet, lookup: Lookup): Answer {
  const set = lookup.sets?.get(name);
  if (set === undefined || set.dimensions.length === 0) return 'unknown';
  const { dimensions, family } = set;
  if (dimensions[0] === 'set') return some(set.members.map((member) => isInListed(member, packet, lookup)));
  // The kernel finds nothing with fewer flags than the set has places, nor in a set of the other family.
  const needed = dimensions.filter((dimension) => dimension !== 'optional-mac').length;
  if (lookup.flags.length < needed || (family !== undefined && family !== packet.family)) return 'no';
  return firstMatch(set, (member) =>
    all(member.values.map((value, at) => shows(value, at, { set, packet, lookup }))),
  );
}

function isInListed({ values: [value] }: SetMember, packet: Packet, lookup: Lookup): Answer {
  return value?.kind === 'set' ? isMember(value.name, packet, lookup) : 'unknown';
}

/** The most specific member decides: one with `nomatch` that the packet is not in the set. */
function firstMatch({ members }: SetContents, isIt: (member: SetMember) => Answer): Answer {
  const possible = new Set<Answer>();
  for (const member of members) {
    const answer = isIt(member);
    if (answer === 'no') continue;
    possible.add(known(!member.isNomatch));
    if (answer === 'yes') return only(possible);
  }
  return only(possible.add('no'));
}

function only(possible: ReadonlySet<Answer>): Answer {
  const [first = 'no', ...more] = possible;
  return more.length === 0 ? first : 'unknown';
}

interface Shown {
  readonly set: SetContents;
  readonly packet: Packet;
  readonly lookup: Lookup;
}

function shows(value: SetValue, at: number, { set, packet, lookup }: Shown): Answer {
  const isSource = lookup.flags[at] === 'src';
  switch (value.kind) {
    case 'addresses':
      return isWithin(
        masked(isSource ? packet.source : packet.destination, set),
        masked(value.addresses, set),
      );
    case 'port':
      return all([
        known(
          value.protocol === undefined ? BARE.includes(packet.protocol) : value.protocol === packet.protocol,
        ),
        showsPort(value.port, packet, isSource),
      ]);
    case 'mark':
      return packet.mark === 'unknown' ? 'unknown' : known((packet.mark & value.mask) >>> 0 === value.mark);
    case 'device':
      return isDevice(isSource ? packet.inDevice : packet.outDevice, value.name);
    case 'set':
    case 'other':
      return 'unknown';
  }
}

/** Whose ports a set of bare ports looks at, and whose any set does. */
const BARE: readonly string[] = ['tcp', 'udp'];
const WITH_PORTS: readonly string[] = ['tcp', 'udp', 'sctp', 'udplite'];

/** What has no ports is a member with port 0, but for ICMP, whose codes are not known. */
function showsPort(port: number, packet: Packet, isSource: boolean): Answer {
  if (!WITH_PORTS.includes(packet.protocol))
    return packet.protocol.includes('icmp') ? 'unknown' : known(port === 0);
  return isPortWithin(isSource ? packet.sourcePorts : packet.destinationPorts, { first: port, last: port });
}

function masked(addresses: Addresses, { mask }: SetContents): Addresses {
  return mask === undefined ? addresses : { bits: addresses.bits & mask, mask: addresses.mask & mask };
}
