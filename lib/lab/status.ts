// How a lab fares: which hosts live, what addresses they have now, how to reach them. Used by the command line.
import { inNetworkOf } from './namespaces';
import type { LabHost } from './access-files';
import { LabError } from './errors';
import { openLab } from './lab';
import type { Lab } from './lab';
import { isRunning } from './process-identity';
import type { ProcessIdentity } from './process-identity';
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

const SHOW_ADDRESSES = ['ip', '-brief', 'addr', 'show'];

/** Throws `not-up` where no lab is up in the folder. */
export async function readStatus(folder: string): Promise<HostStatus[]> {
  const lab = openLab(folder);
  const entries = readLedger(lab.dir)?.hosts ?? {};
  return Promise.all(
    Object.entries(lab.hosts).map(async ([name, host]): Promise<HostStatus> => {
      const entry = entries[name];
      if (entry === undefined || !isRunning(entry.init)) return { name, host, isUp: false, links: [] };
      const links = host.kind === 'kernel' ? readKernelLinks(lab, name) : readLinks(entry.init);
      return { name, host, isUp: true, links: await links };
    }),
  );
}

async function readLinks(init: ProcessIdentity): Promise<LinkStatus[]> {
  const { stdout } = await run(inNetworkOf(init, SHOW_ADDRESSES));
  return parseBriefAddresses(stdout);
}

/** A kernel host does not notice that its cable is out, so the switch is asked; one that hangs is up without links. */
async function readKernelLinks(lab: Lab, name: string): Promise<LinkStatus[]> {
  try {
    const { stdout } = await lab.exec(name, SHOW_ADDRESSES, { timeoutSeconds: 10 });
    const plugged = await lab.pluggedDevices(name);
    return parseBriefAddresses(stdout).map((link) => ({
      ...link,
      isUp: link.isUp && plugged.includes(link.device),
    }));
  } catch (cause) {
    if (cause instanceof LabError && cause.code === 'timed-out') return [];
    throw cause;
  }
}

/** Reads `ip -brief addr show`: `eth0@if5  UP  192.168.1.6/24 fe80::1/64`. */
export function parseBriefAddresses(text: string): LinkStatus[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', state, ...words] = line.trim().split(/\s+/);
    const device = name.split('@')[0] ?? '';
    if (device === '' || device === 'lo') return [];
    const addresses = words.filter((word) => word.includes('/') && !word.startsWith('fe80:'));
    // What cannot tell says UNKNOWN.
    return [{ device, isUp: state === 'UP' || state === 'UNKNOWN', addresses }];
  });
}
