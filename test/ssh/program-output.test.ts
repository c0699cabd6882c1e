import { describe, expect, test } from 'vitest';
import { LineSearch } from '../../lib/ssh/line-search';
import { Preamble } from '../../lib/ssh/preamble';
import { ProgramOutput } from '../../lib/ssh/program-output';
import { READY_LINE } from '../../lib/ssh/shell-text';

function everyCut(text: string): [Buffer, Buffer][] {
  const bytes = Buffer.from(text);
  return Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
}

describe('searching a line', () => {
  test.each([
    ['at the start', 'mark\nrest', 5],
    ['behind others', 'a\nmark\nrest', 7],
    ['behind one that ends like it', 'xmark\nmark\n', 11],
    ['behind one that begins like it', 'marks\nmark\n', 11],
    ['behind empty lines', '\n\nmark\n', 7],
  ])('finds it %s, wherever the pieces meet', (_name, text, expected) => {
    for (const [first, second] of everyCut(text)) {
      const search = new LineSearch('mark');
      const inFirst = search.feed(first);
      expect(inFirst ?? first.length + (search.feed(second) ?? NaN)).toBe(expected);
    }
  });

  test('does not find what is no whole line', () => {
    const search = new LineSearch('mark');
    for (const byte of Buffer.from('mar\nk\nxmark\nmark \nmarkx\nmark')) {
      expect(search.feed(Buffer.from([byte]))).toBeUndefined();
    }
  });
});

describe('output', () => {
  const ended = (line: string): Error => new Error(`no ${line}`);

  test('characters are whole wherever the pieces meet', () => {
    const text = 'Grüße 漢字 🦊\n';
    for (const [first, second] of everyCut(text)) {
      const output = new ProgramOutput();
      output.push(first);
      output.push(second);
      expect(output.text()).toBe(text);
    }
  });

  test('a line that is there already, one that comes later, and one behind both', async () => {
    const output = new ProgramOutput();
    output.push(Buffer.from('a\nmark\nb\nma'));
    const first = output.readUntil('mark');
    const second = output.readUntil('mark');
    const third = output.readUntil('end');
    output.push(Buffer.from('rk\nc\nend\nrest'));
    expect(await Promise.all([first, second, third])).toEqual(['a\nmark\n', 'b\nmark\n', 'c\nend\n']);
    expect(output.text()).toBe('a\nmark\nb\nmark\nc\nend\nrest');
  });

  test('who waits when the end comes is told, and so is who asks later', async () => {
    const output = new ProgramOutput();
    const waiting = output.readUntil('mark');
    output.push(Buffer.from('a\nlate\nb'));
    output.end(ended);
    await expect(waiting).rejects.toThrow('no mark');
    await expect(output.readUntil('mark')).rejects.toThrow('no mark');
    expect(await output.readUntil('late')).toBe('a\nlate\n');
  });

  test('lines are followed from what nobody has read, and the last needs no end', async () => {
    const output = new ProgramOutput();
    output.push(Buffer.from('read\nmark\nx'));
    await output.readUntil('mark');
    const lines: string[] = [];
    output.onLine((line) => lines.push(line));
    for (const piece of ['y\n', '', '\nü', 'z\nlast']) output.push(Buffer.from(piece));
    expect(lines).toEqual(['xy', '', 'üz']);
    output.end(ended);
    expect(lines).toEqual(['xy', '', 'üz', 'last']);
  });

  test('many small pieces cost no more than a few large ones', () => {
    const output = new ProgramOutput();
    const waiting = output.readUntil('never');
    const piece = Buffer.alloc(100, 'x');
    for (let count = 0; count < 200_000; count++) output.push(piece);
    output.end(ended);
    expect(output.text().length).toBe(20_000_000);
    return expect(waiting).rejects.toThrow('no never');
  });
});

test('what comes before the ready line is kept apart, wherever the pieces meet', () => {
  for (const [first, second] of everyCut(`Welcome!\nready?\n\n${READY_LINE}\nmine\n`)) {
    const preamble = new Preamble();
    const mine = Buffer.concat([preamble.feed(first), preamble.feed(second)]).toString();
    expect([mine, preamble.isOver]).toEqual(['mine\n', true]);
  }
  const silent = new Preamble();
  expect(silent.feed(Buffer.from('not available\n')).length).toBe(0);
  expect([silent.isOver, silent.text()]).toEqual([false, 'not available\n']);
});
