// The provider's trace lines in Terraform's log: what it says of itself where GATEWRIGHT_TRACE is set. Used by counted-cycle.ts.

/** The numbers of all lines `gatewright trace: NAME NUMBER` with this name. */
export function readTraces(log: string, name: string): number[] {
  return [...log.matchAll(/gatewright trace: (.+) ([\d.]+)$/gm)].flatMap(([, traced, number]) =>
    traced === name ? [Number(number)] : [],
  );
}
