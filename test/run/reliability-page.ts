// The text of docs/reliability.md: rows from what was recorded, merged with those of files that did not run this time.
import type { Figures, RecordedCell } from './recorded-cell';

/** One row; `file` is relative to the project's root. */
export interface Row {
  readonly suite: string;
  readonly cell: string;
  readonly result: string;
  readonly figures: string;
  readonly commit: string;
  readonly file: string;
}

/** A test as the run ended it. */
export interface EndedTest {
  readonly file: string;
  readonly test: string;
  readonly result: 'passed' | 'failed';
  readonly seconds: number;
}

/**
 * A row for each cell. A test of a long suite that recorded nothing is a cell itself, and so is one that failed without
 * saying at which cell: it may have hung, or died.
 */
export function rowsOf(
  cells: readonly RecordedCell[],
  tests: readonly EndedTest[],
  commit: string,
): readonly Row[] {
  const silent = tests.filter((ended) => {
    const own = cells.filter(({ file, test }) => file === ended.file && test === ended.test);
    if (ended.result === 'failed') return !own.some(({ result }) => result === 'failed');
    return own.length === 0 && isLong(ended.file);
  });
  return [
    ...cells.map((cell) => ({
      ...pickCell(cell),
      figures: printFigures(cell.figures ?? {}),
      commit,
    })),
    ...silent.map(({ file, test, result, seconds }) => ({
      suite: suiteOf(file),
      cell: test,
      result,
      figures: printFigures({ seconds: Math.round(seconds * 10) / 10 }),
      commit,
      file,
    })),
  ];
}

/** What ran replaces what stands there of the same file; of a file that is no more, nothing stays. */
export function mergeRows(
  old: readonly Row[],
  ran: { readonly rows: readonly Row[]; readonly files: readonly string[] },
  exists: (file: string) => boolean,
): readonly Row[] {
  const kept = old.filter(({ file }) => !ran.files.includes(file) && exists(file));
  const rows = new Map<string, Row>();
  for (const row of [...kept, ...ran.rows]) {
    const key = `${row.suite}\n${row.cell}`;
    // A cell that was tried twice has passed only if it passed twice.
    if (rows.get(key)?.result !== 'failed' || row.result === 'failed') rows.set(key, row);
  }
  return [...rows.entries()].sort(([a], [b]) => byNumbersToo.compare(a, b)).map(([, row]) => row);
}

/** The page: a table for each suite. */
export function printPage(rows: readonly Row[]): string {
  const failed = rows.filter(({ result }) => result !== 'passed').length;
  const suites = [...new Set(rows.map(({ suite }) => suite))];
  return [
    HEAD,
    `${rows.length} cells: ${rows.length - failed} passed, ${failed} failed.`,
    ...suites.map((suite) => {
      const cells = rows.filter((row) => row.suite === suite).map(printRow);
      return `\n## ${suite}\n\n${TABLE_HEAD}\n${cells.join('\n')}`;
    }),
    '',
  ].join('\n');
}

/** The rows of a page that `printPage` made; of anything else, none. */
export function parsePage(page: string): readonly Row[] {
  let suite = '';
  return page.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) suite = line.slice('## '.length);
    const [, cell, result, figures, commit, file] = ROW.exec(line) ?? [];
    if (cell === undefined || result === undefined || figures === undefined) return [];
    if (commit === undefined || file === undefined) return [];
    return [{ suite, cell: unescape(cell), result, figures: unescape(figures), commit, file }];
  });
}

const HEAD = `# What was tried, and what came of it

Written by \`npm run test:all\`: a row for each cell and sample of the suites, with the commit that it ran on (\`+\`: with
changes that were not committed). A run of some of the files renews only their rows. Seeds repeat a sample: the test
named in its row says by which variable.
`;

const TABLE_HEAD = '| cell | result | figures | commit | test |\n| --- | --- | --- | --- | --- |';

const ROW = /^\| (.*?) \| (passed|\*\*failed\*\*) \| (.*?) ?\| (\S+) \| \[[^\]]*\]\(\.\.\/([^)]*)\) \|$/;

function printRow({ cell, result, figures, commit, file }: Row): string {
  const loud = result === 'passed' ? result : '**failed**';
  const name = file.split('/').at(-1) ?? file;
  return `| ${escape(cell)} | ${loud} | ${escape(figures)} | ${commit} | [${name}](../${file}) |`;
}

/** Rows are of one line, and a bar would end their cell. */
function escape(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replaceAll('|', '&#124;');
}

function unescape(text: string): string {
  return text.replaceAll('&#124;', '|');
}

function printFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([what, figure]) => `${what} ${figure}`)
    .join(', ');
}

function pickCell({ suite, cell, result, file }: RecordedCell): Omit<Row, 'figures' | 'commit'> {
  return { suite, cell, result, file };
}

const LONG_SUFFIX = '.long.test.ts';

function isLong(file: string): boolean {
  return file.endsWith(LONG_SUFFIX);
}

function suiteOf(file: string): string {
  const words = (file.split('/').at(-1) ?? file).replace(/(\.long)?\.test\.ts$/, '').replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Step 2 before step 10. The locale is given: the order is the same on every machine. */
const byNumbersToo = new Intl.Collator('en', { numeric: true });
