// The page of the benchmark: how it was measured, the limits, and every median. Pure; used by bench.ts.
import { IPTABLES_BACKENDS } from '../../lib/lab/spec';
import type { IptablesBackend } from '../../lib/lab/spec';
import type { Verdict } from './limits';
import { printTable } from './markdown-table';
import { printNumber } from './print-number';
import type { Report } from './report';
import { OPERATIONS, SUBJECTS, UNITS, findRow, printKey } from './rows';
import type { Row } from './rows';
import { SIZE_NAMES } from './sizes';

const UNIT_TITLES: readonly (readonly [Row['unit'], string])[] = [
  ['MiB', 'provider MiB'],
  ['MiB-terraform', 'Terraform MiB'],
  ['bytes', 'bytes'],
  ['connections', 'connections'],
  ['lines', 'lines'],
  ['round-trips', 'round trips'],
];

export function printMarkdown(report: Report): string {
  const { rows, verdicts } = report;
  return [
    '# Benchmarks',
    printMeasuring(report),
    '![Time against the number of services](benchmarks.svg)',
    '## Limits',
    'Each limit is a sum of medians of the same run. Times are in milliseconds, memory in MiB.',
    printLimits(verdicts),
    '## Times',
    'Median in milliseconds, with the least and the most of the runs in brackets.',
    ...printTimes(rows),
    '## Memory and traffic',
    'Counted in runs of their own; the greatest of the runs. Memory is what a process had resident at most; traffic\n' +
      'is that of SSH, at a relay between Terraform and the hosts: a round trip is counted where the client speaks\n' +
      'after the host did. Lines are those that an apply sends to be restored.',
    ...printCounts(rows),
    '',
  ].join('\n\n');
}

function printMeasuring({ machine, date, call, minutes, rows }: Report): string {
  const programs = Object.entries(machine.programs).map(([name, version]) => `${name} ${version}`);
  const runs = rows.filter(({ unit, size }) => unit === 'ms' && size !== 'none').map((row) => row.runs);
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  return [
    `\`${call}\` wrote this page on ${date}, in ${printNumber(minutes)} minutes, on a machine with ${machine.cores} cores`,
    `(${machine.processor}), ${machine.memoryGiB} GiB of memory and Linux ${machine.kernel}; with`,
    `${programs.join(', ')}.`,
    'Hosts are network namespaces of that machine with an SSH server each, so there is next to no latency.',
    `Every time is the median of ${least === most ? least : `${least} to ${most}`} runs; all take turns, A B C A B C, so that a machine`,
    'whose speed drifts is fair to all.',
    'Sizes are services x endpoints, each service a cluster IP; `set-100000` is one ipset of that many members,',
    '`50x10x2` fifty hosts of 10x2. The one change is one endpoint of one service, or one member more.',
    '',
    '| subject | is |',
    '| --- | --- |',
    '| `gatewright` | `terraform` with the synthesised stack |',
    '| `empty` | the same, with a provider of an empty body: no SSH |',
    '| `floor` | Terraform alone: one built-in `terraform_data` with the same parts for each host |',
    '| `raw` | `ssh HOST` and `iptables-save`, `iptables-restore`; for the set `ipset save`, `ipset restore` |',
    '| `raw` `apply-one` | `iptables-restore --noflush` of the one service that changes |',
    '| `raw` `repair-one` | that between two saves over one connection: what an apply cannot do without |',
    '| `raw` `save` of `50x10x2` | `xargs -P10 ssh` |',
    '| `ansible-copy` | `copy`, and `iptables-restore` where the file changed |',
    '| `iptables_state` | `community.general.iptables_state` in check mode |',
    '| `builtin.iptables` | `ansible.builtin.iptables` in a loop over the rules, in check mode |',
    '| `node` | `node -e 0` |',
  ].join('\n');
}

function printLimits(verdicts: readonly Verdict[]): string {
  const backends = IPTABLES_BACKENDS.filter((backend) => verdicts.some((each) => each.backend === backend));
  const limits = verdicts.filter(({ backend }) => backend === backends[0]);
  const judgedOn = ({ what, size }: Verdict, number: number): string[] => [
    ...[String(number + 1), what, size],
    ...backends.map((backend) => {
      const ofBackend = verdicts.filter((each) => each.backend === backend);
      return printOutcome(ofBackend[number]);
    }),
  ];
  const made = backends.map((backend) => {
    const ofBackend = verdicts.filter((each) => each.backend === backend);
    const lines = ofBackend.map(({ because }, number) => `${number + 1}. ${because}`);
    return `What the limits are on iptables-${backend}:\n\n${lines.join('\n')}`;
  });
  return [printTable(['', 'what', 'size', ...backends], limits.map(judgedOn)), ...made].join('\n\n');
}

function printOutcome(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '';
  const { measured, limit, outcome } = verdict;
  const figures = `${printNumber(measured)} of ${printNumber(limit)}`;
  return outcome === 'held' ? `${figures}, held` : `${figures}, **${outcome}**`;
}

function printTimes(rows: readonly Row[]): string[] {
  const backends = backendsOf(rows);
  return (['none', ...SIZE_NAMES] as const).flatMap((size) => {
    const ofSize = rows.filter((row) => row.size === size && row.unit.startsWith('ms'));
    if (ofSize.length === 0) return [];
    const body = inOrder(ofSize).map(({ operation, subject, unit }) => [
      unit === 'ms-own-part' ? `${operation}, own part` : operation,
      subject,
      ...backends.map((backend) => printSpan(findRow(rows, { backend, size, operation, subject, unit }))),
    ]);
    const title = size === 'none' ? 'Start' : size;
    return [`### ${title}`, printTable(['operation', 'subject', ...backends], body)];
  });
}

/** Rows are operations and sizes, columns what was counted. */
function printCounts(rows: readonly Row[]): string[] {
  return backendsOf(rows).map((backend) => {
    const counted = inOrder(
      rows.filter((row) => row.backend === backend && UNIT_TITLES.some(([unit]) => unit === row.unit)),
    );
    const body = SIZE_NAMES.flatMap((size) =>
      counted
        .filter((row) => row.size === size)
        .map(({ operation, subject }) => [
          ...[size, operation],
          ...UNIT_TITLES.map(([unit]) =>
            printNumber(findRow(rows, { backend, size, operation, subject, unit })?.max),
          ),
        ]),
    );
    const head = ['size', 'operation', ...UNIT_TITLES.map(([, title]) => title)];
    return `### iptables-${backend}\n\n${printTable(head, body)}`;
  });
}

/** One row of those that differ only in backend and in what was counted, in the order of the words. */
function inOrder(rows: readonly Row[]): Row[] {
  const kindOf = ({ unit }: Row): Row['unit'] => (unit.startsWith('ms') ? unit : 'MiB');
  const distinct = new Map(rows.map((row) => [printKey({ ...row, backend: 'nft', unit: kindOf(row) }), row]));
  const place = ({ operation, subject, unit }: Row): number =>
    (OPERATIONS.indexOf(operation) * SUBJECTS.length + SUBJECTS.indexOf(subject)) * UNITS.length +
    UNITS.indexOf(unit);
  return [...distinct.values()].sort((a, b) => place(a) - place(b));
}

function backendsOf(rows: readonly Row[]): IptablesBackend[] {
  return IPTABLES_BACKENDS.filter((backend) => rows.some((row) => row.backend === backend));
}

function printSpan(row: Row | undefined): string {
  if (row === undefined) return '–';
  const { median, min, max } = row;
  return `${printNumber(median)} (${printNumber(min)}–${printNumber(max)})`;
}
