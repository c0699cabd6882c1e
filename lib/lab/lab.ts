// A lab that is up: its hosts, programs run in them, cables. Used by the command line and by tests.
import { resolve } from 'node:path';
import { readLabHosts } from './access-files';
import type { LabHost, LabHosts } from './access-files';
import { awaitSsh } from './await-ssh';
import { programPath } from './compile-program';
import { LabError } from './errors';
import { isUp } from './down';
import type { BootingHost } from './kernel/await-boot';
import { throughDoor } from './kernel/door';
import { cutPower, rebootHost } from './kernel/power';
import { readLedger } from './ledger';
import type { HostEntry, Ledger } from './ledger';
import { inHost } from './namespaces';
import { isRunning } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { readLogTails } from './log-tails';
import { run } from './run';
import type { RunResult } from './run';
import type { HostKind } from './spec';
import { readCarriers, setCarrier } from './wire';

export interface Lab {
  /** The absolute path of the lab's folder. */
  readonly dir: string;
  readonly hosts: LabHosts;
  /** Throws `unknown-host`. */
  host(name: string): LabHost;
  /** Runs a program in a host as root, without SSH; an exit code other than 0 is a result. */
  exec(name: string, argv: readonly string[], options?: ExecOptions): Promise<RunResult>;
  /** The command line that `exec` runs, for a caller with a terminal of its own. */
  execArgv(name: string, argv: readonly string[]): string[];
  isHostUp(name: string): boolean;
  /** Pulls the cable of one device, or of all: the link loses its carrier and keeps its addresses. */
  unplug(name: string, device?: string): Promise<void>;
  plug(name: string, device?: string): Promise<void>;
  /** The devices whose cables are in. */
  pluggedDevices(name: string): Promise<string[]>;
  /** Reboots a kernel host; resolves when it has booted and SSH answers. Throws `not-a-kernel-host` for others. */
  reboot(name: string): Promise<void>;
  /** As `reboot`, but what the host has not yet written to its disk is lost. */
  powerCut(name: string): Promise<void>;
}

export interface ExecOptions {
  readonly stdin?: string;
  /** @default 60 */
  readonly timeoutSeconds?: number;
}

/** Throws `not-up` where no lab is up in the folder. */
export function openLab(folder: string): Lab {
  const dir = resolve(folder);
  const ledger = readLedger(dir);
  if (ledger === undefined || ledger.maker !== undefined || !isUp(ledger)) {
    throw new LabError('not-up', `no lab is up in ${dir}`, { fix: 'npm run lab -- up FILE.json' });
  }
  const hosts = readLabHosts(dir);
  const execArgv = (name: string, argv: readonly string[]): string[] => {
    const init = runningInit(dir, ledger, name);
    const { door } = entryOf(ledger, name);
    if (door === undefined || ledger.keeper === undefined) return inHost(init, argv);
    return throughDoor({ program: programPath('door', dir), switchProcess: ledger.keeper }, door, argv);
  };
  const switchOffAndOn = async (name: string, act: (host: BootingHost) => Promise<void>): Promise<void> => {
    const { kind } = hosts[name] ?? unknownHost(name, ledger);
    if (kind !== 'kernel') throw noKernelHost(name, kind);
    await withLastWords({ dir, name }, () => act({ name, execArgv: (argv) => execArgv(name, argv) }));
    await sshAnswers(ledger, hosts[name]);
  };
  return {
    dir,
    hosts,
    host: (name) => hosts[name] ?? unknownHost(name, ledger),
    exec: (name, argv, options) => run(execArgv(name, argv), options),
    execArgv,
    isHostUp: (name) => isRunning(entryOf(ledger, name).init),
    unplug: (name, device) => setCables(ledger, { name, device }, false),
    plug: (name, device) => setCables(ledger, { name, device }, true),
    pluggedDevices: (name) => readPlugged(ledger, name),
    reboot: (name) => switchOffAndOn(name, rebootHost),
    powerCut: (name) => switchOffAndOn(name, (host) => cutPower(host, runningInit(dir, ledger, name))),
  };
}

function entryOf(ledger: Ledger, name: string): HostEntry {
  return ledger.hosts[name] ?? unknownHost(name, ledger);
}

function runningInit(dir: string, ledger: Ledger, name: string): ProcessIdentity {
  const { init } = entryOf(ledger, name);
  if (isRunning(init)) return init;
  throw new LabError('host-gone', `host ${name} has ended${lastWords({ dir, name })}`, {
    fix: 'npm run lab -- down, then up again',
  });
}

interface LoggedHost {
  readonly dir: string;
  readonly name: string;
}

function lastWords({ dir, name }: LoggedHost): string {
  return readLogTails(dir, name)
    .map((tail) => `; the last of its log:\n${tail}`)
    .join('');
}

/** A host that does not come back may have told its console why. */
async function withLastWords(host: LoggedHost, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (!(cause instanceof LabError && cause.code === 'timed-out')) throw cause;
    throw new LabError(cause.code, `${cause.message}${lastWords(host)}`, { cause });
  }
}

async function setCables(
  ledger: Ledger,
  { name, device }: { name: string; device: string | undefined },
  isPlugged: boolean,
): Promise<void> {
  const { switchPorts } = entryOf(ledger, name);
  const ports = device === undefined ? Object.values(switchPorts) : [switchPorts[device]];
  for (const port of ports) {
    if (port === undefined || ledger.keeper === undefined) {
      const devices = Object.keys(switchPorts).join(', ');
      throw new LabError('unknown-host', `host ${name} has no device ${device ?? ''}; it has ${devices}`);
    }
    await setCarrier(ledger.keeper, port, isPlugged);
  }
}

async function sshAnswers({ keeper }: Ledger, host: LabHost | undefined): Promise<void> {
  if (host === undefined || host.kind === 'bare' || keeper === undefined) return;
  await awaitSsh(host.port, keeper);
}

async function readPlugged({ keeper, ...ledger }: Ledger, name: string): Promise<string[]> {
  const { switchPorts } = entryOf(ledger, name);
  const ports = keeper === undefined ? [] : await readCarriers(keeper);
  return Object.entries(switchPorts).flatMap(([device, port]) => (ports.includes(port) ? [device] : []));
}

function noKernelHost(name: string, kind: HostKind): LabError {
  const why = `host ${name} is a ${kind} host, which shares this machine's kernel and power`;
  return new LabError('not-a-kernel-host', why, { fix: 'give it "kind": "kernel" in the lab file' });
}

function unknownHost(name: string, ledger: Ledger): never {
  throw new LabError('unknown-host', `no host ${name}; the lab has ${Object.keys(ledger.hosts).join(', ')}`);
}
