// Which line is to blame for what an apply would do: one that it brings, or one that it takes away. Used by check-lockout.ts.
import type { Source } from '../../model/declaration';
import { chainKey } from '../../model/iptables';
import type { Ending, Place } from '../../simulate/trace';
import { printPlace } from '../../simulate/print-trace';
import { chainSteps } from '../../simulate/trace';
import type { Wording } from '../align';
import type { DesiredState } from '../desired';
import type { Live } from '../live';
import type { Walked } from './judge';

/** A line and, if it is one of ours, where it stands. */
export interface Blame {
  /** `standing`: it was there before, and stays. */
  readonly kind: 'new' | 'removed' | 'standing';
  /** As a command line. */
  readonly line: string;
  readonly source?: Source;
}

/** The chains before and after, and who declares what. */
export interface Ground {
  readonly desired: DesiredState;
  /** What the last confirmed parts mean. */
  readonly prior: DesiredState;
  readonly live: Live;
  readonly chains: Live['chains'];
  readonly wording: Wording;
}

/** The rule that decided, if it is new; else the first rule that no longer stands in the way, or newly does. */
export function blameOf({ before, after }: Walked, { by }: Ending, ground: Ground): Blame | undefined {
  if (by !== undefined && !stands(by, ground.live.chains)) return blame('new', by, ground);
  const gone = chainSteps(before).find(({ place }) => !stands(place, ground.chains));
  if (gone !== undefined) return blame('removed', gone.place, ground);
  const come = chainSteps(after).find(({ place }) => !stands(place, ground.live.chains));
  if (come !== undefined) return blame('new', come.place, ground);
  return by === undefined ? undefined : blame('standing', by, ground);
}

/** A rule or policy as a line, with its source. */
export function blame(kind: Blame['kind'], place: Place, ground: Ground): Blame {
  const source = sourceOf(place, kind === 'removed' ? ground.prior : ground.desired, ground.wording);
  return { kind, line: printPlace(place), ...(source === undefined ? {} : { source }) };
}

function stands({ address, position, text }: Place, chains: Live['chains']): boolean {
  const chain = chains.get(chainKey(address));
  return position === undefined ? (chain?.policy ?? 'ACCEPT') === text : chain?.rules.includes(text) === true;
}

function sourceOf(
  { address, position, text }: Place,
  desired: DesiredState,
  wording: Wording,
): Source | undefined {
  const key = chainKey(address);
  if (position === undefined) return desired.policies.get(key)?.sources[0];
  const rules = desired.chains.get(key)?.rules ?? [];
  return rules.find((rule) => rule.text === text || wording(address, rule.text) === text)?.sources[0];
}
