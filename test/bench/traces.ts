// What the provider says of itself in Terraform's log. Used by counted-cycle.ts.

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
