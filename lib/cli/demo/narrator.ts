// Tells what the demo does, in few lines, and stops it at the first thing that does not hold.
import pc from 'picocolors';

/** Something did not hold, or is missing for the demo: its message is for the user, its stack is not. */
export class DemoFailed extends Error {}

/** Numbers the steps, and counts the seconds of each. */
export class Narrator {
  private step = 0;
  private since = Date.now();

  constructor(private readonly write: (text: string) => void) {}

  /** A new step of the story. */
  title(text: string): void {
    this.step += 1;
    this.since = Date.now();
    this.write(`\n${pc.bold(`${this.step}. ${text}`)}\n`);
  }

  say(text: string): void {
    this.write(`${text.replace(/^/gm, '   ')}\n`);
  }

  /** Lines of a plan or a table, in colour where they add or remove. */
  show(text: string): void {
    const coloured = text
      .split('\n')
      .map((line) => (/^\s*\+ /.test(line) ? pc.green(line) : /^\s*- /.test(line) ? pc.red(line) : line));
    this.say(coloured.join('\n'));
  }

  /** Says what holds, with the seconds since the step began; or ends the demo with what was seen instead. */
  check(claim: string, holds: boolean, seen = ''): void {
    if (!holds)
      throw new DemoFailed(`this does not hold: ${claim}${seen === '' ? '' : `\nseen instead:\n${seen}`}`);
    this.say(`${pc.green('✓')} ${claim} ${pc.dim(`(${((Date.now() - this.since) / 1000).toFixed(1)} s)`)}`);
  }
}
