// From a host's `probes` to what converge runs, with their defaults. Used by host-target.ts.
import { DEFAULT_PROBE_TIMEOUT_SECONDS, PROBE_SIDES, type Probe, type ProbeSide } from '../model/probe';
import { toOptional } from './protocol/value';
import type { Host } from './schema/host';
import type { ProbeBlock } from './schema/probes';

/** Checked before. Those that hold values not known yet are left out: only an apply runs any, and it knows all. */
export function probesOf(host: Host): readonly Probe[] {
  return (toOptional(host.probes) ?? []).flatMap((probe) => {
    const given = toOptional(probe);
    return given === undefined ? [] : (toProbe(given) ?? []);
  });
}

function toProbe(given: ProbeBlock): Probe | undefined {
  const timeoutSeconds = toOptional(given.timeout_seconds) ?? DEFAULT_PROBE_TIMEOUT_SECONDS;
  switch (toOptional(given.kind)) {
    case 'command': {
      const words = (toOptional(given.command) ?? []).map(toOptional);
      const command = words.filter((word) => word !== undefined);
      if (command.length === 0 || command.length < words.length) return undefined;
      return { kind: 'command', command, timeoutSeconds };
    }
    case 'tcp': {
      const address = toOptional(given.address);
      const port = toOptional(given.port);
      if (address === undefined || port === undefined) return undefined;
      return { kind: 'tcp', address, port, from: sideOf(given), timeoutSeconds };
    }
    case 'http': {
      const url = toOptional(given.url);
      const status = toOptional(given.status);
      if (url === undefined) return undefined;
      const wanted = status === undefined ? {} : { status };
      return { kind: 'http', url, ...wanted, from: sideOf(given), timeoutSeconds };
    }
    default:
      return undefined;
  }
}

function sideOf({ from }: ProbeBlock): ProbeSide {
  const given = toOptional(from);
  return PROBE_SIDES.find((side) => side === given) ?? 'host';
}
