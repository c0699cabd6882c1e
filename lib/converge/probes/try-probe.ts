// One try of one probe, by its kind. Used by run-probes.ts.
import type { Probe } from '../../model/probe';
import { tryCommand } from './command-probe';
import { tryHttp } from './http-probe';
import { tryTcp } from './tcp-probe';
import type { Try, Verdict } from './verdict';

/** How it ended. Rejects only where something is wrong with us. */
export function tryProbe(probe: Probe, attempt: Try): Promise<Verdict> {
  switch (probe.kind) {
    case 'command':
      return tryCommand(probe.command, attempt);
    case 'tcp':
      return tryTcp(probe, attempt);
    case 'http':
      return tryHttp(probe, attempt);
  }
}
