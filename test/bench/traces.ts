// What the provider says of itself in Terraform's log. Used by counted-cycle.ts and measure-size.ts.
import { existsSync, readFileSync, rmSync } from 'node:fs';

/** The provider's name for what it spends on the host in an apply. */
const OWN_PART = 'own part';

/** Milliseconds, where the log tells of an apply. The log is gone then, so that each is read once. */
export function takeOwnPart(logPath: string): number | undefined {
  if (!existsSync(logPath)) return undefined;
  const [ownPart] = readTraces(readFileSync(logPath, 'utf8'), OWN_PART);
  rmSync(logPath);
  return ownPart;
}

/** The numbers of all lines `gatewright trace: NAME NUMBER` with this name. */
export function readTraces(log: string, name: string): number[] {
  return [...log.matchAll(/gatewright trace: (.+) ([\d.]+)$/gm)].flatMap(([, traced, number]) =>
    traced === name ? [Number(number)] : [],
  );
}

/** How many lines its transactions sent, of each one. */
export function readLinesSent(log: string): number[] {
  return [...log.matchAll(/gatewright: .+: sending (\d+) lines? in /gm)].map(([, lines]) => Number(lines));
}
