// The targets that tell of a packet: LOG to the kernel's log, NFLOG to a program.
import { refuse } from '../problem';
import type { PlainOption, TargetEntry } from './entry';
import { plainTarget } from './entry';
import { MOST_32_BITS, numberOf, readWord } from './values';

/** As syslog(3) numbers them; the tools print the number. */
const LEVELS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

const LOG_PREFIX_LENGTH = 29;
const NFLOG_PREFIX_LENGTH = 63;

/** The entries of LOG and NFLOG. */
export const LOG_ENTRIES: readonly TargetEntry[] = [
  plainTarget('LOG', [
    prefix('--log-prefix', LOG_PREFIX_LENGTH),
    { name: '--log-level', canonical: readLevel, leftOut: '4' },
    ...['--log-tcp-sequence', '--log-tcp-options', '--log-ip-options', '--log-uid', '--log-macdecode'].map(
      (name) => ({
        name,
        values: 0 as const,
      }),
    ),
  ]),
  plainTarget('NFLOG', [
    prefix('--nflog-prefix', NFLOG_PREFIX_LENGTH),
    { name: '--nflog-group', canonical: numberOf('a group', 0, 65535), leftOut: '0' },
    { name: '--nflog-size', canonical: numberOf('a size', 0, MOST_32_BITS) },
    { name: '--nflog-threshold', canonical: numberOf('a threshold', 0, 65535), leftOut: '0' },
  ]),
];

function prefix(name: string, most: number): PlainOption {
  return {
    name,
    text: true,
    canonical: (text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes >= 1 && bytes <= most) return text;
      return refuse('bad-prefix-text', `${name} takes 1 to ${most} bytes, got ${bytes}`, {
        allowed: `1 to ${most} bytes; the tools would cut the rest without a word`,
        fix: bytes === 0 ? `leave ${name} out` : 'shorten it',
      });
    },
  };
}

function readLevel(text: string): string {
  if (/^[0-7]$/.test(text)) return text;
  return `${LEVELS.indexOf(text === 'panic' ? 'emerg' : readWord(text, LEVELS, 'log level'))}`;
}
