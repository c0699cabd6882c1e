// From a host's sections to typed answers: a reading, a proof, a refusal. Anything incomplete is an error, never "no rules".
import { Refused } from './errors';
import type { Proof, Reading } from './host';
import { sysctlPath } from './plan';
import type { Sections } from './sections';

/** Throws `Refused` where a section is absent, cut, or its tool failed. */
export function parseReading(answer: Sections, host: string): Reading {
  const complete = (name: string): string => {
    const section = answer.sections.get(name);
    if (section?.code === '0') return section.text;
    const why = section === undefined ? 'was cut' : `failed with exit code ${section.code}`;
    throw new Refused('unreadable', `${host}: reading ${name} ${why}`, 'try again; nothing was changed');
  };
  const manifest = answer.sections.has('manifest') ? complete('manifest') : undefined;
  const declared = answer.sections.has('declared') ? complete('declared') : undefined;
  return {
    ipv4: complete('ipv4'),
    sysctls: parseSysctls(complete('sysctls')),
    ...(manifest === undefined ? {} : { manifest }),
    ...(declared === undefined ? {} : { declared }),
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

/** `Error occurred at line: 4` and `line 4 failed` are the tools' words, nft and legacy. */
export function parseProof(answer: Sections): Proof {
  const error = answer.sections.get('error');
  if (error === undefined || error.code === 'unavailable') {
    return { kind: 'unavailable', message: error?.text.trim() ?? 'the answer was cut' };
  }
  const save = answer.sections.get('save');
  if (error.code === '0' && save !== undefined) return { kind: 'proved', save: save.text };
  const line = /line:? (\d+)/.exec(error.text)?.[1];
  const message = error.text
    .split('\n')
    .filter((each) => each.trim() !== '' && !each.startsWith('Try `'))
    .join('\n');
  return { kind: 'refused', message, ...(line === undefined ? {} : { line: Number(line) }) };
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
  'iptables-save': 'iptables',
  'iptables-restore': 'iptables',
  flock: 'util-linux',
  setsid: 'util-linux',
  unshare: 'util-linux',
  awk: 'mawk',
};
