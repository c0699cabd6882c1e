// The page of the seeds' lines against the lines themselves, and against what the examples declare: none is lost, and none is only claimed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runbook } from '../e2e/fixtures/runbook';
import { readSeedCases } from '../syntax/line-cases';
import { EXAMPLE_NAMES, linesOfExample, printedLines } from './example-lines';

vi.mock('../../lib/install/provider', () => ({
  PROVIDER_SOURCE: 'gatewright/gatewright',
  PROVIDER_VERSION: '1.2.3',
  installProvider: vi.fn(),
}));

const ROOT = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'gatewright-seeds-'));

/** What the files declare that the page links to, by path; of others their text is looked into. */
const declared = new Map<string, ReadonlySet<string>>();

beforeAll(async () => {
  for (const name of EXAMPLE_NAMES) {
    declared.set(`examples/${name}/main.ts`, await linesOfExample(name, join(folder, name)));
  }
  const parts = Object.values(runbook('192.168.1.6'));
  declared.set('test/e2e/fixtures/runbook.ts', new Set(printedLines(parts.join('\n'))));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A row of the page: a line of a seed, and where it is now. */
interface Row {
  /** `003, line 32`. */
  readonly line: string;
  readonly given: string;
  /** Path from the project's root; absent: left out. */
  readonly heldBy?: string;
  /** Absent: as it stands. */
  readonly there?: string;
}

const rows = readRows(readFileSync(join(ROOT, 'docs/seeds.md'), 'utf8'));
const cases = readSeedCases().filter(
  ({ name, problems }) =>
    / line \d+(,|$)/.test(name) && !problems.some((problem) => /^(reading|removing)-line/.test(problem)),
);

test('every line of the seeds that declares something, or was meant to, is on the page', () => {
  const known = new Set(rows.map(({ line }) => line));
  expect(cases.map(({ name }) => lineOf(name)).filter((line) => !known.has(line))).toEqual([]);
});

test('every line on the page that is one of a seed stands in that seed', () => {
  const given = new Set(cases.map((each) => `${lineOf(each.name)}: ${oneLine(each.given)}`));
  const listed = rows.filter(({ line }) => !line.startsWith('listing'));
  expect(listed.map((row) => `${row.line}: ${row.given}`).filter((line) => !given.has(line))).toEqual([]);
  expect(listed.length).toBeGreaterThan(100);
});

test.each(rows.filter(({ heldBy }) => heldBy !== undefined).map((row) => [row.line, row] as const))(
  '%s is where the page says',
  (_line, { given, heldBy = '', there = given }) => {
    const lines = declared.get(heldBy);
    if (lines === undefined) {
      expect(readFileSync(join(ROOT, heldBy), 'utf8')).toContain(there);
    } else {
      expect([...lines]).toEqual(expect.arrayContaining(printedLines(there)));
      expect(printedLines(there)).toHaveLength(1);
    }
  },
);

/** `| 32 | `given` | [example](path) | `there` |`, under a heading that names the seed; a listing's rows name it themselves. */
function readRows(page: string): Row[] {
  let seed = '';
  return page.split('\n').flatMap((text) => {
    seed = /^## (\d{3}|Listings)/.exec(text)?.[1] ?? seed;
    const [, at, given = '', held = '', there = ''] =
      /^\| (\d+|\d{3}:\d+) \| `(.*)` \| (.*?) \| (.*) \|$/.exec(text) ?? [];
    if (at === undefined) return [];
    const path = /\]\((.*)\)/.exec(held)?.[1];
    const instead = /^`(.*)`$/.exec(there)?.[1];
    return [
      {
        line: at.includes(':') ? `listing ${at}` : `${seed}, line ${at}`,
        given,
        ...(path === undefined ? {} : { heldBy: normalize(join('docs', path)) }),
        ...(instead === undefined ? {} : { there: instead }),
      },
    ];
  });
}

/** Without what a case says about its line. */
function lineOf(name: string): string {
  return name.split(', ').slice(0, 2).join(', ');
}

function oneLine(given: string): string {
  return given.replace(/\\\n/g, ' ').replace(/ +/g, ' ').trim();
}
