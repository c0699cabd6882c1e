// The benchmark's plot: time against the number of services, both axes logarithmic, a panel for each operation and backend. Pure.
import { IPTABLES_BACKENDS } from '../../lib/lab/spec';
import type { IptablesBackend } from '../../lib/lab/spec';
import { findRow } from './rows';
import type { Operation, Row, Subject } from './rows';
import type { SizeName } from './sizes';
import { LogScale } from './log-scale';

interface Line {
  readonly subject: Subject;
  readonly operation: Operation;
  readonly label: string;
  readonly colour: string;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const line = (subject: Subject, operation: Operation, [label, colour]: readonly [string, string]): Line => ({
  ...{ subject, operation, label, colour },
});
// Of Okabe and Ito, told apart by those who do not see all colours, too.
const BLUE = '#0072b2';
const GREY = '#7f7f7f';
const GREEN = '#009e73';
const ORANGE = '#d55e00';

const PANELS: readonly Panel[] = [
  {
    title: 'plan, nothing to change',
    lines: [
      line('gatewright', 'plan-unchanged', ['Gatewright', BLUE]),
      line('floor', 'plan-unchanged', ['Terraform alone', GREY]),
      line('raw', 'save', ['ssh iptables-save', GREEN]),
      line('iptables_state', 'plan-unchanged', ['Ansible iptables_state', ORANGE]),
    ],
  },
  {
    title: 'apply of one endpoint',
    lines: [
      line('gatewright', 'apply-one', ['Gatewright', BLUE]),
      line('floor', 'apply-one', ['Terraform alone', GREY]),
      line('raw', 'apply-one', ['ssh iptables-restore', GREEN]),
      line('ansible-copy', 'apply-one', ['Ansible copy + restore', ORANGE]),
    ],
  },
  {
    title: 'first apply',
    lines: [
      line('gatewright', 'apply-first', ['Gatewright', BLUE]),
      line('floor', 'apply-first', ['Terraform alone', GREY]),
      line('raw', 'restore', ['ssh iptables-restore', GREEN]),
      line('ansible-copy', 'apply-first', ['Ansible copy + restore', ORANGE]),
    ],
  },
];

const SERVICES: readonly (readonly [SizeName, number])[] = [
  ['10x2', 10],
  ['100x3', 100],
  ['1000x3', 1000],
  ['5000x3', 5000],
];

const PANEL = { width: 400, height: 270 };
const INNER = { left: 56, right: 388, top: 34, bottom: 196 };

export function printPlot(rows: readonly Row[]): string {
  const across = LogScale.over(
    SERVICES.map(([, services]) => services),
    [INNER.left, INNER.right],
  );
  const width = PANEL.width * IPTABLES_BACKENDS.length;
  const height = PANEL.height * PANELS.length;
  const panels = PANELS.flatMap((panel, row) => {
    const times = IPTABLES_BACKENDS.flatMap((backend) =>
      panel.lines.flatMap((each) => pointsOf(rows, backend, each).map(([, time]) => time)),
    );
    const up = LogScale.over(times, [INNER.bottom, INNER.top]);
    return IPTABLES_BACKENDS.map((backend, column) => {
      const drawn = panel.lines.map((each) =>
        printLine(pointsOf(rows, backend, each), { ...each, across, up }),
      );
      const at = `translate(${column * PANEL.width} ${row * PANEL.height})`;
      const title = `${panel.title}, iptables-${backend}`;
      return [
        `<g transform="${at}">`,
        text({ x: INNER.left, y: 20, size: 14 }, title, 'font-weight="bold"'),
        printAxes(across, up),
        ...drawn,
        ...panel.lines.map(printLegend),
        '</g>',
      ].join('\n');
    });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    '<title>Time of plan, apply of one endpoint and first apply against the number of services</title>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function pointsOf(rows: readonly Row[], backend: IptablesBackend, { subject, operation }: Line) {
  return SERVICES.flatMap(([size, services]): (readonly [number, number])[] => {
    const row = findRow(rows, { backend, size, operation, subject, unit: 'ms' });
    return row === undefined ? [] : [[services, row.median]];
  });
}

function printLine(
  points: readonly (readonly [number, number])[],
  { colour, across, up }: { readonly colour: string; readonly across: LogScale; readonly up: LogScale },
): string {
  const places = points.map(([services, time]) => [across.place(services), up.place(time)] as const);
  const path = places.map(([x, y]) => `${x},${y}`).join(' ');
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
  ].join('\n');
}

function printAxes(across: LogScale, up: LogScale): string {
  const rows = up.ticks().map((time) => {
    const y = up.place(time);
    const grid = `<line x1="${INNER.left}" y1="${y}" x2="${INNER.right}" y2="${y}" stroke="#dddddd"/>`;
    return `${grid}\n${text({ x: INNER.left - 6, y: y + 4, size: 11 }, printTime(time), 'text-anchor="end"')}`;
  });
  const columns = SERVICES.map(([, services]) =>
    text(
      { x: across.place(services), y: INNER.bottom + 16, size: 11 },
      String(services),
      'text-anchor="middle"',
    ),
  );
  const middle = (INNER.left + INNER.right) / 2;
  return [
    ...rows,
    `<polyline points="${INNER.left},${INNER.top} ${INNER.left},${INNER.bottom} ${INNER.right},${INNER.bottom}" fill="none" stroke="#333333"/>`,
    ...columns,
    text({ x: middle, y: INNER.bottom + 30, size: 11 }, 'services', 'text-anchor="middle"'),
  ].join('\n');
}

/** Two to a row, below the panel. */
function printLegend({ label, colour }: Line, index: number): string {
  const x = INNER.left + (index % 2) * 170;
  const y = INNER.bottom + 46 + Math.floor(index / 2) * 16;
  const sample = `<line x1="${x}" y1="${y - 4}" x2="${x + 18}" y2="${y - 4}" stroke="${colour}" stroke-width="3"/>`;
  return `${sample}\n${text({ x: x + 24, y, size: 12 }, label)}`;
}

function text(
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
  content: string,
  attributes = '',
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="#333333" ${attributes}>${content}</text>`;
}

function printTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}
