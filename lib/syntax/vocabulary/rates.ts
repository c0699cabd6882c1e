// Rates of the limit match. The kernel keeps the time between two packets, so the tools print the unit that fits it best.
import { refuse } from '../problem';

/** The kernel counts in steps of 1/10000 s. */
const STEPS_PER_SECOND = 10000;

const UNITS = [
  { name: 'day', full: 'day', steps: STEPS_PER_SECOND * 86400 },
  { name: 'hour', full: 'hour', steps: STEPS_PER_SECOND * 3600 },
  { name: 'min', full: 'minute', steps: STEPS_PER_SECOND * 60 },
  { name: 'sec', full: 'second', steps: STEPS_PER_SECOND },
] as const;

/** `N[/UNIT]` in the form in which the tools print it back. */
export function readLimitRate(text: string): string {
  const [, amount = '', given = 'second'] = /^([1-9]\d{0,8})(?:\/([a-z]+))?$/i.exec(text) ?? [];
  const unit = UNITS.find(({ full }) => full.startsWith(given.toLowerCase()));
  const period = amount === '' || unit === undefined ? 0 : Math.floor(unit.steps / Number(amount));
  if (period === 0) {
    refuse('bad-rate', `a rate is NUMBER/UNIT, at most ${STEPS_PER_SECOND}/second, got ${text}`, {
      allowed: 'units second, minute, hour, day',
      fix: 'write it so, such as 5/minute',
    });
  }
  return printPeriod(period);
}

/** The shortest unit of which the period is still a fraction without a rest that would show. */
function printPeriod(period: number): string {
  const coarse = UNITS.findIndex(
    ({ steps }, index) => index > 0 && (period > steps || Math.floor(steps / period) < steps % period),
  );
  const unit = UNITS[(coarse < 0 ? UNITS.length : coarse) - 1] ?? UNITS[0];
  return `${Math.floor(unit.steps / period)}/${unit.name}`;
}
