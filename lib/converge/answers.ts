// From a host's sections to typed answers: a reading, a proof, a refusal. Anything incomplete is an error, never "no rules".
import { FAMILIES } from '../model/iptables';
import type { CommandResult } from '../ssh/connection';
import { BACKENDS } from './backends';
import { SshError } from '../ssh/errors';
import { Refused } from './errors';
import type { Outcome, Proof, ProofStage, Question, Reading, Standing, Transaction } from './host';
import { PROOF_STAGES, STANDINGS } from './host';
import { sysctlPath } from './plan';
import type { Sections } from './sections';
import { parseSections, wordAfter } from './sections';

/** Asked for among the reads: what of the files and units for a boot is not as it was confirmed. */
export const BOOT_SECTION = 'boot';

/** Throws `Refused` where a section is absent, cut, or its tool failed. */
export function parseReading(
  answer: Sections,
  { reads, boot = false }: Pick<Question, 'reads' | 'boot'>,
  { host, stderr = '' }: { host: string; stderr?: string },
): Reading {
  const complete = (name: string): string => {
    const section = answer.sections.get(name);
    if (section?.code === '0') return section.text;
    const why = section === undefined ? 'was cut' : `failed with exit code ${section.code}`;
    const message = `${host}: reading ${name} ${why}\n${stderr}`.trim();
    throw new Refused('unreadable', message, 'try again; nothing was changed');
  };
  const manifest = answer.sections.has('manifest') ? complete('manifest') : undefined;
  const declared = answer.sections.has('declared') ? complete('declared') : undefined;
  const cameBy = answer.sections.get('came-by')?.text;
  const backend = BACKENDS.find((name) => complete('backend').trim() === name);
  const beside = FAMILIES.filter((family) => answer.sections.has(`beside-${family}`));
  return {
    ipv4: complete('ipv4'),
    sysctls: parseSysctls(complete('sysctls')),
    sections: new Map(reads.map((name) => [name, complete(name)])),
    missingModules: complete('modules').split(/\s+/).filter(Boolean),
    ...(boot ? { boot: complete(BOOT_SECTION) } : {}),
    hasRecovered: answer.words.includes('recovered'),
    hasConntrack: complete('conntrack').trim() === 'present',
    ...(manifest === undefined ? {} : { manifest }),
    ...(declared === undefined ? {} : { declared }),
    ...(cameBy === undefined || cameBy === '' ? {} : { cameBy }),
    ...(backend === undefined ? {} : { backend }),
    beside: Object.fromEntries(beside.map((family) => [family, complete(`beside-${family}`)])),
  };
}

function parseSysctls(text: string): Map<string, string | undefined> {
  const sysctls = new Map<string, string | undefined>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const at = line.indexOf(' ');
    // The swap of dots and slashes is its own inverse.
    const key = sysctlPath(line.slice(0, at));
    sysctls.set(key, line.slice(at).startsWith(' = ') ? line.slice(at + ' = '.length) : undefined);
  }
  return sysctls;
}

/**
 * `Error occurred at line: 4`, `line 4: RULE_APPEND failed …` and `line 4 failed` are the tools' words, nft and legacy. They count
 * lines of our text, not of the user's part, so the message goes without them.
 */
export function parseProof(answer: Sections): Proof {
  const error = answer.sections.get('error');
  if (error === undefined || error.code === 'unavailable') {
    return { kind: 'unavailable', message: error?.text.trim() ?? 'the answer was cut' };
  }
  if (error.code === '0') return { kind: 'proved', saves: savesOf(answer) };
  const failed = answer.sections.get('stage')?.text.trim();
  const stage = PROOF_STAGES.find((name) => name === failed) ?? 'ipv4';
  const line = /line:? (\d+)/.exec(error.text)?.[1];
  const message = error.text
    .replace(/^(Try `|Error occurred at line: ).*/gm, '')
    .replace(/^ipset v[\d.]+: (Error in line \d+: )?/gm, '')
    .replace(/\bline \d+:? failed$/gm, 'the kernel gives no reason')
    .replace(/\bline \d+: /g, '')
    .split(/\s+/)
    .join(' ')
    .trim();
  return { kind: 'refused', stage, message, ...(line === undefined ? {} : { line: Number(line) }) };
}

function savesOf(answer: Sections): ReadonlyMap<ProofStage, string> {
  return new Map(
    PROOF_STAGES.flatMap((stage) => {
      const save = answer.sections.get(`save-${stage}`);
      return save?.code === '0' ? [[stage, save.text] as const] : [];
    }),
  );
}

/** Lines `KEY NUMBER`. Throws `Refused` where the host could not count them. */
export function parseConnections(answer: Sections, host: string): ReadonlyMap<string, number> {
  const section = answer.sections.get('connections');
  if (section?.code !== '0') {
    const message = `${host}: connections cannot be counted\n${section?.text ?? ''}`.trim();
    throw new Refused('unreadable', message, OTHER_TIME);
  }
  const lines = section.text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

const OTHER_TIME = 'apply again: what still drains is removed then';

/** How a transaction ended, by the log of its session. Throws where it says nothing of that. */
export function parseOutcome(
  { stdout, stderr, exitCode }: CommandResult,
  transaction: Transaction,
  { host, nonce }: { host: string; nonce: string },
): Outcome {
  const answer = parseSections(stdout, nonce);
  if (answer.words.includes('kept')) return keptOutcome(answer, transaction);
  const failed = wordAfter(answer, 'failed');
  if (failed !== undefined) {
    return {
      kind: 'failed',
      step: transaction.steps[Number(failed) - 1]?.name ?? failed,
      message: [failed, 'undo', 'stale']
        .map((name) => answer.sections.get(name)?.text.trim())
        .filter(Boolean)
        .join('\n'),
      undone: answer.words.includes('undone'),
    };
  }
  const how = `exit code ${exitCode ?? 'unknown'}\n${stderr.trim()}`;
  if (!answer.words.includes('started')) {
    throw new Refused('unreadable', `${host}: the transaction did not start, ${how}`, 'apply again');
  }
  // Such as one that the kernel has killed for want of memory. Its guard takes it back.
  throw new SshError(
    'connection-lost',
    host,
    'apply',
    `the transaction on ${host} ended without a word of how, ${how}`,
  );
}

/** The host tells how the stale entries went when all else has ended. */
function keptOutcome({ sections }: Sections, { stale }: Transaction): Outcome {
  const section = sections.get('stale');
  if (stale === undefined || stale.kept === '' || section?.code === '0') return { kind: 'kept' };
  return { kind: 'kept', staleLeft: section?.text.trim() ?? 'the answer was cut' };
}

/** Throws `Refused` where the host's program did not say. */
export function parseStanding({ words }: Sections, host: string): Standing {
  const standing = STANDINGS.find((each) => words.includes(each));
  if (standing !== undefined) return standing;
  throw new Refused('unreadable', `${host}: it did not say how the transaction stands`, 'plan again');
}

/** A program's own refusal, in words for people. */
export function refusal(reason: string, host: string): Refused {
  const [word = '', ...rest] = reason.split(' ');
  const detail = rest.join(' ');
  switch (word) {
    case 'locked':
      return new Refused(
        'locked',
        `${host}: another apply holds the lock (${detail === '' ? 'by whom is not known' : detail})`,
        'wait until it has ended, or raise lock_timeout_seconds',
      );
    case 'tool-missing':
      return new Refused(
        'tool-missing',
        `${host}: the host has no ${detail}`,
        `install it there (Debian: the package ${PACKAGES[detail] ?? detail})`,
      );
    case 'no-folder':
      return new Refused(
        'unreadable',
        `${host}: no file can be made in ${detail} there`,
        'look whether /run is writable and has room',
      );
    case 'not-undone':
      return new Refused(
        'not-undone',
        `${host}: an earlier apply was cut off, and taking it back failed`,
        `look at ${detail} on the host: undo.log says why, N.inverse is what would undo step N; then remove that folder and plan again`,
      );
    case 'denied':
      return new Refused(
        'denied',
        `${host}: root has no ${detail} there, so rules, sets and addresses can be neither read for certain nor changed`,
        'reach the host itself and not a container in it; or start the container with that capability (docker run --cap-add NET_ADMIN)',
      );
    case 'not-root':
      return new Refused(
        'not-root',
        `${host}: the commands do not run as root there`,
        'log in as root, or set sudo = true for a user who may use sudo(8)',
      );
    default:
      return new Refused(
        'unreadable',
        `${host}: ${reason}`,
        'look at the message above; nothing was changed',
      );
  }
}

const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  ipset: 'ipset',
  ipvsadm: 'ipvsadm',
  'ip6tables-save': 'iptables',
  'ip6tables-restore': 'iptables',
  'iptables-save': 'iptables',
  'iptables-restore': 'iptables',
  flock: 'util-linux',
  setsid: 'util-linux',
  unshare: 'util-linux',
  awk: 'mawk',
  cmp: 'diffutils',
};
