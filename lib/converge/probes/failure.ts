// What did not work, in words: which probe, its target, what happened. Used by run-probes.ts and whoever reports it.
import type { Probe } from '../../model/probe';
import { printEndpoint } from '../../ssh/host-name';
import { quoteWord } from '../../syntax/words';

/** A probe that did not pass in its time. */
export interface ProbeFailure {
  /** Its place in what was declared, from 0. */
  readonly index: number;
  readonly probe: Probe;
  /** What happened at the last try: `refused`, `no answer within 5 s`, `status 503 …`, an exit code and the last lines. */
  readonly reason: string;
  readonly tries: number;
}

/** `probes[1], http http://192.0.2.1/ from the host: status 503, not 200 to 399 (10 tries within 5 s)`. */
export function printProbeFailure({ index, probe, reason, tries }: ProbeFailure): string {
  const [first = '', ...more] = reason.split('\n');
  const effort = tries > 1 ? ` (${tries} tries within ${probe.timeoutSeconds} s)` : '';
  return [`probes[${index}], ${printProbe(probe)}: ${first}${effort}`, ...more].join('\n');
}

/** The kind, what it looks at, and from where. */
export function printProbe(probe: Probe): string {
  switch (probe.kind) {
    case 'command':
      return `command ${probe.command.map((word) => quoteWord(word)).join(' ')}`;
    case 'tcp':
      return `tcp ${printEndpoint(probe)} from the ${probe.from}`;
    case 'http':
      return `http ${probe.url} from the ${probe.from}`;
  }
}
