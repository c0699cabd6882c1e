// The kernel as judge of ip: each line is made, read back by the functions that hosts get, and taken back again; by three shells.
import { describe, expect, test } from 'vitest';
import { addLine, removeLine } from '../../lib/converge/ip/lines';
import { parseIp } from '../../lib/converge/ip/live';
import { hasValue } from '../../lib/converge/entries/own-entries';
import type { Entry } from '../../lib/model/entry';
import { ipEntry, readIp } from '../../lib/syntax/ip/ip';
import { splitWords } from '../../lib/syntax/words';
import { readLineCases, readSeedCases } from '../syntax/line-cases';
import { randomIpLines } from '../syntax/random-ip';
import { runInNamespace, SHELLS } from './namespace-ip';

/** The seed of the random lines: set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);

/** This machine's kernel has no dummy and no tunnels: those are tried on hosts with a kernel of their own. */
const NOT_HERE = /dummy|tunl0|\bd0\b/;

function entryOf(line: string): Entry[] {
  const [, ...words] = splitWords(line);
  return readIp(words).map(ipEntry);
}

/** For each line alone: made, shown, and taken back. */
const EACH = `
fingerprint_ip > start
n=0
while IFS= read -r line; do
  n=$((n + 1))
  printf '%s\\n' "$line" > one
  run_ip one || echo "line $n is refused: $line"
  read_ip > "$n.read"; fingerprint_ip > "$n.prints"
  sed -n "$n"p backwards > one
  undo_ip one || echo "line $n is not taken back: $line"
  fingerprint_ip | cmp -s start - || { echo "line $n leaves something"; fingerprint_ip | diff start -; }
done < forwards
`;

const cases = [...readLineCases('test/cases/ip/accepted.lines'), ...readSeedCases()]
  .flatMap(({ printed }) => printed)
  .filter((line) => line.startsWith('ip ') && !NOT_HERE.test(line));

test('holds each case as it is declared, shows it as it was made, and lets it be taken back', () => {
  const entries = [...new Set(cases)].flatMap(entryOf);
  const { file, stdout } = runInNamespace(EACH, {
    forwards: text(entries.map(addLine)),
    backwards: text(entries.map(removeLine)),
  });
  expect(stdout).toBe('');
  entries.forEach((entry, index) => {
    const there = parseIp(file(`${index + 1}.read`)).find(({ key }) => key === entry.key);
    expect({ line: entry.line, there: there?.value, isAlike: hasValue(there, entry.value) }).toMatchObject({
      isAlike: true,
    });
    expect(file(`${index + 1}.prints`).split('\n')).toContain(addLine(entry));
  });
  expect(entries.length).toBeGreaterThan(50);
});

describe.each(SHELLS)('by %s', (shell) => {
  test(`200 random lines of seed ${SEED} are made, read back and taken back`, () => {
    const entries = randomIpLines(SEED, 200).flatMap(entryOf);
    const program = `
fingerprint_ip > start
run_ip forward || echo refused
read_ip > read
fingerprint_ip > prints
undo_ip backward || echo 'not taken back'
undo_ip backward || echo 'not taken back twice'
fingerprint_ip | diff start -`;
    const order = ['address', 'route', 'routing-rule'];
    const made = entries.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const files = { forward: text(made.map(addLine)), backward: text([...made].reverse().map(removeLine)) };
    const { file, stdout } = runInNamespace(program, files, shell);
    expect(stdout).toBe('');
    const live = new Map(parseIp(file('read')).map((entry) => [entry.key, entry]));
    const missing = made.filter(({ key, value }) => !hasValue(live.get(key), value));
    expect(missing.map(({ line, key }) => [line, live.get(key)?.line])).toEqual([]);
    const prints = new Set(file('prints').split('\n'));
    expect(made.map(addLine).filter((line) => !prints.has(line))).toEqual([]);
  });
});

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
