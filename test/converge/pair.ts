// What must hold for any two states on any host, on the engine: each is reached and reads back, and in the end the host is as it was.
import { expect } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { InvalidInput } from '../../lib/model/errors';
import { blamedLines, withoutLines } from './random-states';

/** The engine on one host, in memory or in a lab, with what Terraform would keep. */
export interface Trial {
  refresh(): Promise<Parts>;
  apply(parts: Parts): Promise<unknown>;
  wording(parts: Parts): Promise<'prior' | 'declared'>;
  destroy(): Promise<unknown>;
}

/** Of one pair: lines that were applied, and lines that the host refused at plan, which were then left out. */
export interface PairCounts {
  readonly lines: number;
  readonly refused: readonly string[];
}

/** `state` gives all that the host holds, ours and others', in an order of its own. */
export async function tryPair(
  trial: Trial,
  [a, b]: readonly [Parts, Parts],
  state: () => Promise<readonly string[]>,
): Promise<PairCounts> {
  const start = await state();
  const first = await reach(trial, a);
  const second = await reach(trial, b);
  await trial.destroy();
  expect(await state(), 'after the destroy').toEqual(start);
  return { lines: first.lines + second.lines, refused: [...first.refused, ...second.refused] };
}

/** Applies a state, less what the host refuses of it; it reads back, and leaves nothing to change. */
export async function reach(trial: Trial, parts: Parts): Promise<PairCounts> {
  const refused: string[] = [];
  let taken = parts;
  for (let hasTaken = false; !hasTaken;) {
    try {
      await trial.apply(taken);
      hasTaken = true;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refused.push(...error.problems.map(({ what, given = '' }) => `${given}: ${what}`));
      taken = withoutLines(taken, blamedLines(error));
    }
  }
  expect(await trial.refresh(), 'reads back').toEqual(taken);
  expect(await trial.wording(taken), 'has nothing to change').toBe('prior');
  return { lines: Object.values(taken).join('\n').split('\n').length, refused };
}

/** A failure says how to see it again, and both states. */
export async function withPair<T>(
  seed: number,
  [a, b]: readonly [Parts, Parts],
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const states = [a, b].map((parts) => JSON.stringify(parts, null, 1).replaceAll('\\n', '\n  '));
    throw new Error(`GATEWRIGHT_SEED=${seed}: ${why}\n${states.join('\n--\n')}`, { cause });
  }
}
