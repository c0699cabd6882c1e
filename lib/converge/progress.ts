// What an apply tells of its steps while they are made: how many lines there are, and what share of them is done. Used by transact-host.ts.
import type { Step } from './plan';

type Report = (line: string) => void;

/** Tells what is to be made at once, and with each step that is made how far it has come. */
export function tellSteps(steps: readonly Step[], report: Report): () => void {
  const lines = steps.map(({ forward }) => lineCount(forward));
  const all = sum(lines);
  let made = 0;
  if (steps.length > 0) report(`sending ${counted(all, 'line')} in ${counted(steps.length, 'step')}`);
  return () => {
    const step = steps[made];
    made += 1;
    const share = all === 0 ? 100 : Math.floor((100 * sum(lines.slice(0, made))) / all);
    if (step !== undefined)
      report(`made ${step.name}: step ${made} of ${steps.length}, ${share} % of the lines`);
  };
}

function lineCount(text: string): number {
  return text.split('\n').filter((line) => line !== '').length;
}

function counted(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
