// Reads the plan that Terraform prints for people: which line of which part is added or removed. Used by the demo and the end-to-end tests.
import { stripVTControlCharacters } from 'node:util';

/** One line of a part that the plan adds (`+`) or removes (`-`). */
export interface PlanLine {
  /** The resource's name, such as `cloudos1`. */
  readonly host: string;
  readonly part: string;
  readonly sign: '+' | '-';
  readonly line: string;
}

const RESOURCE = /# gatewright_host\.(\S+)(?: \([^)]*\))? (?:will be|must be|has changed)/;
const PART = /^\s*([-+~]?)\s*"((?:[^"\\]|\\.)*)"\s*=\s*<<-?EOT\s*$/;
const PART_ON_ONE_LINE =
  /^\s*([-+~])\s*"((?:[^"\\]|\\.)*)"\s*=\s*"((?:[^"\\]|\\.)*)"(?: -> "((?:[^"\\]|\\.)*)")?/;

/** Lines of hosts in the order in which the plan shows them. A part that comes or goes whole gives each of its lines. */
export function readPlanLines(plan: string): PlanLine[] {
  const lines: PlanLine[] = [];
  let host = '';
  let open: { part: string; sign: string } | undefined;
  for (const line of stripVTControlCharacters(plan).split('\n').map(withoutStackName)) {
    const resource = RESOURCE.exec(line)?.[1];
    const part = PART.exec(line);
    const short = PART_ON_ONE_LINE.exec(line);
    if (open !== undefined && /^\s*EOT\b/.test(line)) {
      open = undefined;
    } else if (open !== undefined) {
      const [, sign = '', text = ''] = /^\s*([-+] )?(.*)$/.exec(line) ?? [];
      const mark = sign.trim() === '' ? open.sign : sign.trim();
      if (mark === '+' || mark === '-') lines.push({ host, part: open.part, sign: mark, line: text });
    } else if (resource !== undefined) {
      host = resource;
    } else if (part !== null) {
      open = { part: unquote(part[2] ?? ''), sign: part[1] ?? '' };
    } else if (short !== null) {
      lines.push(...readShortPart(host, short));
    }
  }
  return lines;
}

/** A part of one line: `+ "x" = "new"`, `- "x" = "old" -> null`, `~ "x" = "old" -> "new"`. */
function readShortPart(host: string, [, sign, name = '', first = '', second]: RegExpExecArray): PlanLine[] {
  const part = unquote(name);
  if (sign === '+') return [{ host, part, sign, line: unquote(first) }];
  const gone: PlanLine = { host, part, sign: '-', line: unquote(first) };
  return second === undefined ? [gone] : [gone, { host, part, sign: '+', line: unquote(second) }];
}

/** As people read them. */
export function printPlanLines(lines: readonly PlanLine[]): string {
  let heading = '';
  return lines
    .flatMap(({ host, part, sign, line }) => {
      const next = `${host}, part "${part}"`;
      const head = next === heading ? [] : [next];
      heading = next;
      return [...head, `  ${sign} ${line}`];
    })
    .join('\n');
}

/** cdktf puts the stack's name in front of each line. */
function withoutStackName(line: string): string {
  return line.replace(/^[A-Za-z][\w-]* {2}/, '');
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
