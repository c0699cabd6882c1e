// Target extensions whose options are kept as text in the tools' form.
import type { TargetEntry } from './entry';
import { plainTarget } from './entry';
import { requirePortProtocol } from './translations';
import { printPortRange, readOneOf, readPortRange } from './values';

/** As syslog(3) numbers them; the tools print the number. */
const LOG_LEVELS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

export const PLAIN_TARGETS: readonly TargetEntry[] = [
  plainTarget('LOG', [
    { name: '--log-prefix', text: true },
    { name: '--log-level', canonical: readLogLevel, leftOut: '4' },
    { name: '--log-tcp-sequence', values: 0 },
    { name: '--log-tcp-options', values: 0 },
    { name: '--log-ip-options', values: 0 },
    { name: '--log-uid', values: 0 },
    { name: '--log-macdecode', values: 0 },
  ]),
  plainTarget(
    'REDIRECT',
    [
      { name: '--to-ports', canonical: (text) => printPortRange(readPortRange(text, '-'), '-') },
      { name: '--random', values: 0 },
    ],
    {
      tables: ['nat'],
      chains: ['PREROUTING', 'OUTPUT'],
      check: (given) => {
        if (given.find('--to-ports') !== undefined) requirePortProtocol(given);
      },
    },
  ),
];

function readLogLevel(text: string): string {
  if (/^[0-7]$/.test(text)) return text;
  const aliases: Readonly<Record<string, string>> = { panic: 'emerg', err: 'error', warn: 'warning' };
  return `${LOG_LEVELS.indexOf(readOneOf(aliases[text] ?? text, LOG_LEVELS, 'log level'))}`;
}
