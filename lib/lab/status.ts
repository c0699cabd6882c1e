// How a lab fares: which hosts live, what addresses they have now, how to reach them. Used by the command line.
import { inNetworkOf } from './namespaces';
import { openLab } from './lab';
import type { LabHost } from './access-files';
import { isRunning } from './process-identity';
import { readLedger } from './ledger';
import { run } from './run';

export interface HostStatus {
  readonly name: string;
  readonly host: LabHost;
  readonly isUp: boolean;
  /** As they are now; none for a host that has ended. */
  readonly links: readonly LinkStatus[];
}

export interface LinkStatus {
  readonly device: string;
  /** Whether the cable is plugged in, and the link not taken down by the host. */
  readonly isUp: boolean;
  /** With prefix lengths, without the link-local ones. */
  readonly addresses: readonly string[];
}

/** Throws `not-up` where no lab is up in the folder. */
export async function readStatus(folder: string): Promise<HostStatus[]> {
  const lab = openLab(folder);
  const entries = readLedger(lab.dir)?.hosts ?? {};
  return Promise.all(
    Object.entries(lab.hosts).map(async ([name, host]): Promise<HostStatus> => {
      const init = entries[name]?.init;
      if (init === undefined || !isRunning(init)) return { name, host, isUp: false, links: [] };
      const { stdout } = await run(inNetworkOf(init, ['ip', '-brief', 'addr', 'show']));
      return { name, host, isUp: true, links: parseBriefAddresses(stdout) };
    }),
  );
}

/** Reads `ip -brief addr show`: `eth0@if5  UP  192.168.1.6/24 fe80::1/64`. */
export function parseBriefAddresses(text: string): LinkStatus[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', state, ...words] = line.trim().split(/\s+/);
    const device = name.split('@')[0] ?? '';
    if (device === '' || device === 'lo') return [];
    const addresses = words.filter((word) => word.includes('/') && !word.startsWith('fe80:'));
    return [{ device, isUp: state === 'UP', addresses }];
  });
}
