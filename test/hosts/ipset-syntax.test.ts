// The kernel as judge of what we make of lines of ipset: run by a shell in a network namespace, saved and read back, they must be what we read.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Entry } from '../../lib/model/entry';
import { toEntry } from '../../lib/syntax/entry';
import { ICMP_CODES } from '../../lib/syntax/ipset/icmp-codes';
import { parseIpsetSave } from '../../lib/syntax/ipset/ipset-save';
import { printRestoreLine } from '../../lib/syntax/ipset/restore-lines';
import { parseParts } from '../../lib/syntax/parts';
import { Random } from '../converge/random-parts';
import { readLineCases } from '../syntax/line-cases';
import { randomSetLines } from '../syntax/random-sets';

/** The seed of the random lines: set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);

/** The same line twice is fine. */
const AS_PARTS_MEAN = 'ipset() { command ipset -exist "$@"; }\n';

const accepted = readLineCases('test/cases/ipset/accepted.lines');

/** What the tool refuses too; other lines we refuse because they mean something else tomorrow, or too much. */
const REFUSED_BY_KERNEL =
  /, (shape|families mixed|the prefix of all addresses|options that the set is not made for|outside|a list of lists|beside .*|more than .*)$/;

test.each(accepted)('$name: run by a shell, the lines give what we read in them', ({ given }) => {
  expect(savedAfter(`${AS_PARTS_MEAN}${given}`)).toEqual(comparedOf(given));
});

/** How lists are filled in their order, the plan knows. */
const withoutLists = accepted.filter(({ given }) => !given.includes('list:set'));

test.each(withoutLists)('$name: what we print for `ipset restore` gives the same', ({ given }) => {
  expect(savedAfter('ipset restore -exist', restoreOf(given))).toEqual(comparedOf(given));
});

test(`random lines of seed ${SEED} mean what we read in them`, () => {
  const lines = withoutClashes(randomSetLines(new Random(SEED), 40));
  const saved = savedAfter(`${AS_PARTS_MEAN}${lines}`);
  expect(saved).toEqual(comparedOf(lines));
  expect(savedAfter('ipset restore -exist', restoreOf(lines))).toEqual(saved);
});

test('every protocol by number is printed as we print it', () => {
  const numbers = Array.from({ length: 255 }, (_, index) => index + 1).filter(
    (number) => ![1, 58].includes(number),
  );
  const lines = `ipset create S hash:ip,port\n${numbers.map((number) => `ipset add S 192.0.2.1,${number}:0`).join('\n')}`;
  expect(savedAfter(lines)).toEqual(comparedOf(lines));
});

test.each([
  ['icmp', 'inet', '192.0.2.1'],
  ['ipv6-icmp', 'inet6', '2001:db8::1'],
])('every code of %s that has a name is printed by it', (protocol, family, address) => {
  const codes = [...(ICMP_CODES.get(protocol)?.keys() ?? [])];
  const lines = `ipset create S hash:ip,port family ${family}\n${codes.map((code) => `ipset add S ${address},${protocol}:${code}`).join('\n')}`;
  expect(codes.length).toBeGreaterThan(10);
  expect(savedAfter(lines)).toEqual(comparedOf(lines));
});

test.each(readLineCases('test/cases/ipset/refused.lines').filter(({ name }) => REFUSED_BY_KERNEL.test(name)))(
  '$given is refused by the tool, too',
  ({ given }) => {
    const { status } = run(`set -e\n${given}`);
    expect(status).not.toBe(0);
  },
);

/** Entries by key, as they are compared. */
type Compared = Readonly<Record<string, string>>;

function comparedOf(text: string): Compared {
  const { declared, problems } = parseParts({ runbook: text });
  expect(problems).toEqual([]);
  return byKey(
    declared.flatMap(({ declaration }) =>
      declaration.kind === 'set' || declaration.kind === 'member' ? [toEntry(declaration)] : [],
    ),
  );
}

/** Two lines for one member, with other options, are an error to us, and to the tool the second wins. */
function withoutClashes(lines: readonly string[]): string {
  const seen = new Set<string>();
  const clashing = new Set<number>();
  for (const { declaration, source } of parseParts({ runbook: lines.join('\n') }).declared) {
    if (declaration.kind !== 'member') continue;
    const { key } = toEntry(declaration);
    if (seen.has(key)) clashing.add(source.line);
    seen.add(key);
  }
  return lines.filter((_, index) => !clashing.has(index + 1)).join('\n');
}

function restoreOf(text: string): string {
  const entries = parseParts({ runbook: text }).declared.flatMap(({ declaration }) =>
    declaration.kind === 'set' || declaration.kind === 'member' ? [toEntry(declaration)] : [],
  );
  return entries.map(({ line }) => `${printRestoreLine(line)}\n`).join('');
}

function savedAfter(program: string, input = ''): Compared {
  const { status, stdout, stderr } = run(`set -e\n${program}\nipset save`, input);
  expect(status, stderr).toBe(0);
  const { sets, members } = parseIpsetSave(stdout);
  return byKey([...sets, ...members].map((each) => toEntry(each)));
}

function byKey(entries: readonly Entry[]): Compared {
  return Object.fromEntries(entries.map(({ key, value }): [string, string] => [key, value]).sort());
}

function run(program: string, input = ''): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('unshare', ['-n', 'sh', '-c', program], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
}
