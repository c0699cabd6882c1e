// Which conntrack entries of UDP an apply makes wrong: they lead where no rule sends any more, or past a rule that is new. Used by apply and plan.
import type { PortRange } from '../../model/rule';
import { rememberingParser } from '../../simulate/rule-set';
import type { Change } from '../change';
import type { Live } from '../live';
import { predictChains } from '../lockout/predicted';
import type { Destination, Endpoint, Translation } from './udp-translations';
import { udpTranslations } from './udp-translations';
import { toText } from '../to-text';

/**
 * Entries by what they were addressed to. A client that keeps one socket keeps its entry, and the rules of table nat are asked for
 * the first packet of an entry only.
 */
export type StaleEntries =
  /** Those whose answers come from this endpoint. `but`: what else still leads there, and may be meant. */
  | {
      readonly kind: 'gone';
      readonly destination: Destination;
      readonly endpoint: Endpoint;
      readonly but: readonly Destination[];
    }
  /** Those that nothing has translated. Where no address is given: of the host's own addresses. */
  | { readonly kind: 'untranslated'; readonly destination: Destination };

/** By how the apply ends: an undo leaves those of clients that came while it was not confirmed. */
export type StaleByEnd = Readonly<Record<'kept' | 'undone', readonly StaleEntries[]>>;

export const NONE_STALE: StaleByEnd = { kept: [], undone: [] };

/** Without a change of table nat nothing is read. */
export function staleEntries(live: Live['chains'], changes: readonly Change[]): StaleByEnd {
  if (!changes.some(isOfNat)) return NONE_STALE;
  const parse = rememberingParser();
  const before = udpTranslations(live, parse);
  const after = udpTranslations(predictChains(live, changes), parse);
  return { kept: compareTranslations(before, after), undone: compareTranslations(after, before) };
}

function isOfNat(change: Change): boolean {
  return change.kind !== 'sysctl' && change.kind !== 'entry' && change.address.table === 'nat';
}

/** In a stable order. */
export function compareTranslations(
  before: readonly Translation[],
  after: readonly Translation[],
): readonly StaleEntries[] {
  const [old, next] = [byText(before), byText(after)];
  const towards = new Map<string, Translation[]>();
  for (const each of next.values()) {
    const { address } = each.endpoint;
    towards.set(address, [...(towards.get(address) ?? []), each]);
  }
  const had = new Set(before.map(({ destination }) => printDestination(destination)));
  const gone = [...old].flatMap(([text, { destination, endpoint }]): [string, StaleEntries][] => {
    if (next.has(text)) return [];
    const but = (towards.get(endpoint.address) ?? [])
      .filter((other) => overlaps(other, { destination, endpoint }))
      .map((other) => other.destination);
    return [[text, { kind: 'gone', destination, endpoint, but }]];
  });
  const gained = [...next.values()].flatMap(({ destination }): [string, StaleEntries][] => {
    const text = printDestination(destination);
    return had.has(text) ? [] : [[text, { kind: 'untranslated', destination }]];
  });
  return [...new Map([...gone, ...gained])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stale]) => stale);
}

function byText(translations: readonly Translation[]): ReadonlyMap<string, Translation> {
  return new Map(
    translations.map((each) => [
      `${printDestination(each.destination)} -> ${printEndpoint(each.endpoint)}`,
      each,
    ]),
  );
}

/** Some entry may be of both. */
function overlaps(a: Translation, b: Translation): boolean {
  const [one, two] = [a.destination, b.destination];
  return (
    one.family === two.family &&
    isSameOrAny(one.address, two.address) &&
    isSameOrAny(a.endpoint.port, b.endpoint.port) &&
    portsOf(one).first <= portsOf(two).last &&
    portsOf(two).first <= portsOf(one).last
  );
}

function isSameOrAny<T>(one: T | undefined, two: T | undefined): boolean {
  return one === undefined || two === undefined || one === two;
}

function portsOf({ ports }: Destination): PortRange {
  return ports ?? { first: 0, last: 65_535 };
}

/** As people read it: `udp 10.96.0.10:53 -> 10.5.75.2:5353`. */
export function printStaleEntries(stale: StaleEntries): string {
  const from = `udp ${printDestination(stale.destination)}`;
  return stale.kind === 'gone' ? `${from} -> ${printEndpoint(stale.endpoint)}` : `${from}, not translated`;
}

function printDestination({ family, address, ports }: Destination): string {
  const any = family === 'ipv4' ? '0.0.0.0' : '[::]';
  const host = address === undefined ? any : printAddress(address);
  if (ports === undefined) return host;
  return `${host}:${ports.first}${ports.first === ports.last ? '' : `-${ports.last}`}`;
}

function printEndpoint({ address, port }: Endpoint): string {
  return port === undefined ? printAddress(address) : `${printAddress(address)}:${port}`;
}

function printAddress(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** As a transaction carries them. */
export function printStale({ kept, undone }: StaleByEnd): {
  readonly stale?: Readonly<Record<keyof StaleByEnd, string>>;
} {
  if (kept.length + undone.length === 0) return {};
  return { stale: { kept: printStaleLines(kept), undone: printStaleLines(undone) } };
}

/**
 * For the host's program (shell/conntrack.ts), a line each: `gone` or `but` with FAMILY ADDRESS FIRST LAST, address and port of the
 * endpoint; or `untranslated` FAMILY ADDRESS FIRST LAST. `-` where nothing is said.
 */
export function printStaleLines(all: readonly StaleEntries[]): string {
  const lines = all.flatMap((stale) => {
    if (stale.kind === 'untranslated') return [`untranslated ${destinationWords(stale.destination)}`];
    const { address, port } = stale.endpoint;
    const to = `${address} ${port ?? '-'}`;
    return [
      `gone ${destinationWords(stale.destination)} ${to}`,
      ...stale.but.map((destination) => `but ${destinationWords(destination)} ${to}`),
    ];
  });
  return toText([...new Set(lines)]);
}

function destinationWords(destination: Destination): string {
  const { first, last } = portsOf(destination);
  return `${destination.family} ${destination.address ?? '-'} ${first} ${last}`;
}
