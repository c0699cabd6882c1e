// Would an apply lock out the session that makes it, or the networks of management_cidrs? Thrown where it is sure, a note where it cannot be told.
import type { Parts } from '../../model/declaration';
import { InvalidInput } from '../../model/errors';
import type { Scope } from '../../model/scope';
import { isWithin, parseAddresses } from '../../simulate/addresses';
import type { Answer } from '../../simulate/answer';
import { some } from '../../simulate/answer';
import type { Surroundings } from '../../simulate/rule-set';
import { rememberingParser } from '../../simulate/rule-set';
import type { Wording } from '../align';
import type { Change } from '../change';
import { declaredOnly } from '../declared';
import type { DesiredState } from '../desired';
import { diff } from '../diff';
import type { HostTarget, Note } from '../engine';
import type { Live } from '../live';
import { meaningOf } from '../meaning';
import { holdAndRelease } from '../release';
import type { Ground } from './blame';
import type { CameBy } from './came-by';
import type { Finding } from './finding';
import { toNote, toProblem } from './finding';
import { judge, walkLegs } from './judge';
import { predictChains, predictEntries } from './predicted';
import { addressesIn, reachFindings } from './reach';
import { managedBlindly, ruleFinding } from './rule-finding';
import { legsOf, visitorsOf } from './visitors';

/** What is to be made of a host. */
export interface Intent {
  readonly desired: DesiredState;
  readonly live: Live;
  readonly wording: Wording;
  /** As in the state. */
  readonly priorParts: Parts;
}

/** Throws `InvalidInput`, unless the target allows lockout: then that is a note too. */
export function checkLockout(target: HostTarget, intent: Intent): readonly Note[] {
  const { desired, live, wording } = intent;
  const changes = [...diff(desired, live, wording), ...holdAndRelease(desired, live).released];
  if (changes.length === 0) return [];
  const { cameBy } = live;
  if (cameBy === undefined) return managedBlindly(target);
  const findings = lockoutFindings(target, { ...intent, cameBy, changes });
  const isSure = cameBy.serverDevice !== undefined && target.allowLockout !== true;
  const problems = isSure ? findings.filter(({ kind }) => kind === 'lockout').map(toProblem) : [];
  if (problems.length > 0) throw new InvalidInput(problems);
  return findings.map((finding) =>
    toNote(cameBy.serverDevice === undefined ? unsure(finding, cameBy) : finding),
  );
}

/** Our program may run in another network namespace than the SSH server, or the host lacks ip(8). */
function unsure(finding: Finding, { server }: CameBy): Finding {
  const why = `${server} is not among the addresses that the host shows, so this is not sure`;
  return { ...finding, lines: [...finding.lines, why] };
}

interface Trial extends Intent {
  readonly cameBy: CameBy;
  readonly changes: readonly Change[];
}

function lockoutFindings(target: HostTarget, trial: Trial): Finding[] {
  const { live, cameBy, changes } = trial;
  const chains = predictChains(live.chains, changes);
  const entries = predictEntries(live.entries, changes);
  const ground = groundOf(target.scope, trial, chains);
  const parse = rememberingParser();
  const sides = {
    before: { ruleSet: live.chains, isLocal: localOf(cameBy, live.entries), parse },
    after: { ruleSet: chains, isLocal: localOf(cameBy, entries), parse },
  } satisfies Record<string, Surroundings>;
  const visitors = visitorsOf(cameBy, target.managementCidrs ?? []);
  const walked = visitors.map((visitor) => ({ visitor, walks: walkLegs(legsOf(visitor, cameBy), sides) }));
  return [
    ...walked.flatMap(({ visitor, walks }) =>
      ruleFinding({ visitor, cameBy, judgement: judge(walks, cameBy.port) }, ground),
    ),
    ...reachFindings({ cameBy, before: live.entries, after: entries, changes, walked }, ground),
  ];
}

function groundOf(
  scope: Scope,
  { desired, live, wording, priorParts }: Trial,
  chains: Live['chains'],
): Ground {
  const { desired: prior } = meaningOf(scope, declaredOnly(priorParts));
  return { desired, prior, live, chains, wording };
}

/** Where the host's addresses are not known, only the server's own is surely one of them. */
function localOf(cameBy: CameBy, entries: Live['entries']): Surroundings['isLocal'] {
  const { server, client, device, addresses } = cameBy;
  const read = addressesIn(entries);
  const shown = read.length > 0 ? read : addresses.map(({ address }) => address);
  const own = [...shown, server, '127.0.0.0/8', '::1'];
  // A session that comes by another device than the loopback one comes from elsewhere.
  const stranger = device === undefined || device === 'lo' ? [] : [client];
  return (asked, family) => {
    const among = (texts: readonly string[]): Answer =>
      some(texts.flatMap((text) => parseAddresses(text, family) ?? []).map((each) => isWithin(asked, each)));
    const isOwn = among(own);
    return isOwn !== 'no' || shown.length > 0 || among(stranger) === 'yes' ? isOwn : 'unknown';
  };
}
