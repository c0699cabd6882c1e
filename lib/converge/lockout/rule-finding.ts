// What the chains of a host would do to a visitor, in words: which packet, where it would end, and what to do. Used by check-lockout.ts.
import { BUILT_IN_CHAINS, IPTABLES, tableName } from '../../model/iptables';
import type { Match } from '../../model/rule';
import { printRule } from '../../syntax/iptables-rule';
import type { Device } from '../../simulate/packet';
import type { Doubt, Ending, Place } from '../../simulate/trace';
import { printPlace } from '../../simulate/print-trace';
import { chainSteps } from '../../simulate/trace';
import type { HostTarget, Note } from '../engine';
import type { Blame, Ground } from './blame';
import { blame, blameOf } from './blame';
import type { CameBy } from './came-by';
import type { Finding } from './finding';
import type { Judgement, Walked } from './judge';
import type { Visitor } from './visitors';
import { visitorName } from './visitors';

/** Whom a judgement is about. */
export interface Judged {
  readonly visitor: Visitor;
  readonly cameBy: CameBy;
  readonly judgement: Judgement;
}

/** None for a visitor who gets in. */
export function ruleFinding({ visitor, cameBy, judgement }: Judged, ground: Ground): Finding[] {
  switch (judgement.kind) {
    case 'in':
      return [];
    case 'out':
      return [
        judgement.was === 'out'
          ? outAlready({ visitor, cameBy }, judgement)
          : out({ visitor, cameBy }, judgement, ground),
      ];
    case 'unknown':
      return [doubt({ visitor, cameBy }, judgement, ground)];
  }
}

/** Management networks are given, and the host does not tell by which address and port it is reached. */
export function managedBlindly({ managementCidrs = [], name }: HostTarget): Note[] {
  if (managementCidrs.length === 0) return [];
  return [
    {
      summary: `it cannot be told whether SSH gets in to ${name}`,
      detail:
        'No process above ours has SSH_CONNECTION in its environment, which says by which address and port the host is reached.\n' +
        `Not looked at: ${managementCidrs.join(', ')}`,
      attribute: 'management_cidrs',
    },
  ];
}

type Who = Pick<Judged, 'visitor' | 'cameBy'>;

function out(who: Who, { walked, ending }: Extract<Judgement, { kind: 'out' }>, ground: Ground): Finding {
  const culprit = blameOf(walked, ending, ground);
  return {
    kind: 'lockout',
    summary: `the apply would lock out ${visitorName(who.visitor)} to ${serverOf(who)}`,
    lines: [packetLine(who, walked), endLine(ending, culprit)],
    ...(culprit === undefined ? {} : { blame: culprit }),
    fix: fixOf(who, { walked, ending, culprit }),
  };
}

/** Nobody is locked out by what changes nothing, and who is connected is not locked out. */
function outAlready(who: Who, { walked, ending }: Extract<Judgement, { kind: 'out' }>): Finding {
  const isSession = who.visitor.kind === 'session';
  return {
    kind: 'doubt',
    summary: `it cannot be told whether ${visitorName(who.visitor)} gets in to ${serverOf(who)}`,
    lines: [
      packetLine(who, walked),
      endLine(ending),
      isSession
        ? 'By the same reckoning it would end so now, and yet we are connected: so the reckoning is wrong'
        : 'It ends so now already: the apply does not change that',
    ],
    fix: isSession
      ? 'look yourself whether a new connection gets in after the apply'
      : `let it in: \`${acceptLine(who, walked, hookOf(walked, ending.by))}\`; or take the network out of management_cidrs`,
  };
}

function doubt(
  who: Who,
  { walked, ending, doubts }: Extract<Judgement, { kind: 'unknown' }>,
  ground: Ground,
): Finding {
  const [first] = doubts;
  const culprit = first === undefined ? blameOf(walked, ending, ground) : blame('new', first.place, ground);
  return {
    kind: 'doubt',
    summary: `it cannot be told whether ${visitorName(who.visitor)} gets in to ${serverOf(who)}`,
    lines: [
      packetLine(who, walked),
      `perhaps ${endLine(ending, culprit)}`,
      ...doubts.map((each) => doubtLine(each, culprit)),
    ],
    ...(culprit === undefined ? {} : { blame: asItStands(culprit, first, ground) }),
    fix: `to be sure, let it in above: \`${acceptLine(who, walked, hookOf(walked, ending.by))}\``,
  };
}

/** A rule of others was there before, and is no news. */
function asItStands(culprit: Blame, first: Doubt | undefined, { live }: Ground): Blame {
  const rules = first === undefined ? [] : [...live.chains.values()].flatMap(({ rules }) => rules);
  return first !== undefined && rules.includes(first.place.text) ? { ...culprit, kind: 'standing' } : culprit;
}

function doubtLine({ place, unjudged, why }: Doubt, culprit: Blame | undefined): string {
  const asked = unjudged.map((each) => `\`${printMatch(each.match)}\`: ${each.why}`);
  const rule = printPlace(place) === culprit?.line ? '' : ` of \`${printPlace(place)}\``;
  return `not judged${rule}: ${[...asked, ...(why === undefined ? [] : [why])].join('; ')}`;
}

function printMatch(match: Match): string {
  return printRule({ matches: [match] });
}

function packetLine({ visitor, cameBy }: Who, { leg: { what, way, packet } }: Walked): string {
  const [client, server] = [withPort(visitor.prefix, '*'), withPort(cameBy.server, `${cameBy.port}`)];
  const isThere = packet.direction === 'original';
  const ends = isThere ? `${client} -> ${server}` : `${server} -> ${client}`;
  const device =
    way === 'arrive' ? deviceWords('in by', packet.inDevice) : deviceWords('out by', packet.outDevice);
  return `packet: ${what}, tcp ${ends}${device}`;
}

function deviceWords(verb: string, device: Device): string {
  return device.kind === 'named' ? `, ${verb} ${device.name}` : '';
}

function endLine({ disposition, by }: Ending, culprit?: Blame): string {
  if (by === undefined) return `ends: ${disposition}`;
  const { address, position } = by;
  const line = printPlace(by) === culprit?.line ? '' : `: ${printPlace(by)}`;
  const rule = position === undefined ? `by its policy ${by.text}` : `by rule ${position}${line}`;
  const word = disposition === 'delivered' || disposition === 'forwarded' ? 'sent elsewhere' : disposition;
  return `${word}: ${tableName(address)}, chain ${address.chain}, ${rule}`;
}

function fixOf(
  who: Who,
  { walked, ending, culprit }: { walked: Walked; ending: Ending; culprit: Blame | undefined },
): string {
  const accept = `\`${acceptLine(who, walked, hookOf(walked, ending.by))}\``;
  const first =
    culprit?.kind === 'removed'
      ? `keep that line, or let it in above: ${accept}`
      : `let it in above: ${accept}`;
  return `${first}; or set allow_lockout = true, and have another way in`;
}

/** The built-in chain from which the packet came to where it ends. */
function hookOf({ after, leg }: Walked, by: Place | undefined): Pick<Place, 'address'> {
  const address = by?.address ?? { family: leg.packet.family, table: 'filter' as const, chain: 'INPUT' };
  const isHook = ({ address: { table, chain } }: Place): boolean =>
    table === address.table && BUILT_IN_CHAINS[table].includes(chain);
  const met = chainSteps(after);
  const end = met.findIndex(({ place }) => place === by);
  const steps = end < 0 ? met : met.slice(0, end + 1);
  return (
    steps.findLast(({ place }) => isHook(place))?.place ?? {
      address: { ...address, chain: leg.way === 'arrive' ? 'INPUT' : 'OUTPUT' },
    }
  );
}

function acceptLine(
  { visitor, cameBy: { port } }: Who,
  { leg }: Walked,
  { address }: Pick<Place, 'address'>,
): string {
  const table = address.table === 'filter' ? '' : ` -t ${address.table}`;
  const words =
    leg.packet.direction === 'original'
      ? `-s ${visitor.prefix} -p tcp --dport ${port}`
      : `-d ${visitor.prefix} -p tcp --sport ${port}`;
  return `${IPTABLES[address.family]}${table} -I ${address.chain} ${words} -j ACCEPT`;
}

function serverOf({ cameBy: { server, port } }: Who): string {
  return withPort(server, `${port}`);
}

function withPort(address: string, port: string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
