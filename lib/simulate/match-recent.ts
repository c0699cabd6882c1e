// The recent match: is an address in a list, and since when. Used by modules.ts.
import type { ModuleOption } from '../model/rule';
import { addressBits, isWithin, parseAddresses } from './addresses';
import type { Answer } from './answer';
import { known, not, some } from './answer';
import type { Packet } from './packet';
import type { Look } from './match';

/** The addresses of one list, each with when its packets were seen: seconds ago, at least one. */
export type RecentList = ReadonlyMap<string, readonly number[]>;

/** `--set` takes every packet, and what it notes is of account only for those that follow. */
export function matchRecent(
  options: readonly ModuleOption[],
  packet: Packet,
  { surroundings: { recent } }: Look,
): Answer {
  const action = options.find(({ name }) => ACTIONS.includes(name));
  if (action === undefined) return 'unknown';
  const answer = action.name === '--set' ? 'yes' : matchList(options, packet, recent);
  return action.negated === true ? not(answer) : answer;
}

const ACTIONS: readonly string[] = ['--set', '--rcheck', '--update', '--remove'];

function matchList(
  options: readonly ModuleOption[],
  packet: Packet,
  lists: ReadonlyMap<string, RecentList> | undefined,
): Answer {
  if (lists === undefined) return 'unknown';
  const value = (name: string): string | undefined =>
    options.find((option) => option.name === name)?.values[0];
  const isNamed = (name: string): boolean => options.some((option) => option.name === name);
  const list = lists.get(value('--name') ?? 'DEFAULT') ?? new Map<string, readonly number[]>();
  const mask = addressBits(value('--mask') ?? '', packet.family);
  const asked = isNamed('--rdest') ? packet.destination : packet.source;
  return some(
    [...list].map(([address, seen]) => {
      const member = parseAddresses(address, packet.family);
      if (member === undefined) return 'no';
      const isIt = isWithin(asked, mask === undefined ? member : { bits: member.bits & mask, mask });
      if (isIt === 'no' || isNamed('--remove')) return isIt;
      // How far the packet came is not known.
      if (isNamed('--rttl')) return 'unknown';
      return isSeen(seen, { seconds: value('--seconds'), hits: value('--hitcount') }) === 'yes' ? isIt : 'no';
    }),
  );
}

function isSeen(
  seen: readonly number[],
  { seconds, hits = '1' }: { readonly seconds: string | undefined; readonly hits?: string | undefined },
): Answer {
  const inTime = seconds === undefined ? seen : seen.filter((ago) => ago <= Number(seconds));
  return known(inTime.length >= Number(hits));
}
