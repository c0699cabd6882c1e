// Rates of the limit and hashlimit matches. The kernel keeps the time between two packets, so the tools print the unit that fits it best.
import { refuse } from '../problem';

/** How often, in the words of the tools: `5/min`. */
export interface Rate {
  readonly text: string;
  /** Of the unit in `text`. */
  readonly unitSeconds: number;
}

const UNITS = [
  { name: 'day', full: 'day', seconds: 86400 },
  { name: 'hour', full: 'hour', seconds: 3600 },
  { name: 'min', full: 'minute', seconds: 60 },
  { name: 'sec', full: 'second', seconds: 1 },
] as const;

/** `N[/UNIT]` with a known unit; the kernel counts in `steps` to the second. */
export function readRate(text: string, steps: number): { readonly period: number; readonly given: Rate } {
  const [, amount = '', unitText = 'second'] = /^([1-9]\d{0,8})(?:\/([a-z]+))?$/i.exec(text) ?? [];
  const unit = UNITS.find(({ full }) => full.startsWith(unitText.toLowerCase()));
  const period =
    amount === '' || unit === undefined ? 0 : Math.floor((unit.seconds * steps) / Number(amount));
  if (unit !== undefined && period > 0) return { period, given: { text, unitSeconds: unit.seconds } };
  return refuse('bad-rate', `a rate is NUMBER/UNIT, at most ${steps}/second, got ${text}`, {
    allowed: 'units second, minute, hour, day',
    fix: 'write it so, such as 5/minute',
  });
}

/** The rate as the tools print it: the last unit before one that is too short for the period, or leaves too large a rest. */
export function printRate(period: number, steps: number): Rate {
  const tooFine = UNITS.findIndex(({ seconds }, index) => {
    const unit = seconds * steps;
    return index > 0 && (period > unit || Math.floor(unit / period) < unit % period);
  });
  const unit = UNITS[(tooFine < 0 ? UNITS.length : tooFine) - 1] ?? UNITS[0];
  return { text: `${Math.floor((unit.seconds * steps) / period)}/${unit.name}`, unitSeconds: unit.seconds };
}
