// The steps of bringing a lab up, in order, in a folder that is already ours. Used by up.ts.
import { join } from 'node:path';
import { PRIVATE_KEY_FILE, writeAccessFiles } from './access-files';
import type { LabHost } from './access-files';
import { awaitSsh } from './await-ssh';
import { compileProgram } from './compile-program';
import { startKernel } from './kernel/start-kernel';
import { makeKey, writeSeed } from './host-seed';
import { startKeeper } from './keeper';
import type { Keeper } from './keeper';
import { makerEntry, writeLedger } from './ledger';
import { end } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { settleAll } from './settle-all';
import type { HostSpec, LabSpec } from './spec';
import { startHost } from './start-host';
import type { StartedHost } from './start-host';
import { startRelay, startServers } from './start-programs';
import type { LabProgram } from './start-programs';
import { nameSwitchPorts, wire } from './wire';
import type { WiredHost } from './wire';

interface BuiltHost extends WiredHost, StartedHost {
  /** Absent for a bare host. */
  readonly hostKey?: string;
}

interface LabInMaking {
  readonly spec: LabSpec;
  readonly dir: string;
  readonly keeper: Keeper;
  /** Paths of what plain Node runs. */
  readonly programs: Readonly<Record<'relay' | 'serve' | 'door', string>>;
  readonly kernelRoots: ReadonlyMap<string, string>;
  readonly say: (line: string) => void;
}

export interface BuildOptions {
  readonly say: (line: string) => void;
  /** Aborting ends everything made so far. */
  readonly signal: AbortSignal;
  /** For each kernel host, the image that it boots from. */
  readonly kernelRoots: ReadonlyMap<string, string>;
}

/** The lab's keeper ends with us until the last step, so a failure or a kill on the way takes everything with it. */
export async function buildLab(spec: LabSpec, dir: string, options: BuildOptions): Promise<void> {
  const { say, signal, kernelRoots } = options;
  const programs = {
    relay: await compileProgram('relay', dir),
    serve: await compileProgram('serve', dir),
    door: await compileProgram('door', dir),
  };
  const keeper = await startKeeper(dir);
  const stop = (): void => void end(keeper.identity);
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    writeLedger(dir, { ...makerEntry(), keeper: keeper.identity, waiters: [keeper.waiter], hosts: {} });
    await keeper.go();
    say(`networks: ${spec.networks.map(({ name }) => name).join(', ') || 'none'}`);
    await fill({ spec, dir, keeper, programs, kernelRoots, say });
    keeper.keep();
  } catch (cause) {
    await end(keeper.identity);
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function fill(lab: LabInMaking): Promise<void> {
  const { dir, keeper } = lab;
  const hosts = await startHosts(lab);
  const reached = await openHosts(lab, hosts);
  writeAccessFiles(dir, Object.fromEntries(reached.map(({ name, access }) => [name, access])));
  const waiters = [...hosts.map(({ waiter }) => waiter), ...reached.flatMap((host) => host.waiters)];
  writeLedger(dir, {
    keeper: keeper.identity,
    waiters: [keeper.waiter, ...waiters],
    hosts: Object.fromEntries(
      hosts.map(({ spec: { name }, init, switchPorts, door }) => [
        name,
        { init, switchPorts, ...(door === undefined ? {} : { door }) },
      ]),
    ),
  });
}

async function startHosts({ spec, dir, keeper, programs, kernelRoots }: LabInMaking): Promise<BuiltHost[]> {
  const labKey = await makeKey(join(dir, PRIVATE_KEY_FILE), 'gatewright-lab');
  const ports = nameSwitchPorts(spec.hosts);
  const hosts = await settleAll(
    spec.hosts.map(async (host, number): Promise<BuiltHost> => {
      const seed = join(dir, 'seeds', host.name);
      const hostKey = await writeSeed(host, seed, labKey);
      const place = {
        keeper: keeper.identity,
        store: join(dir, 'store'),
        seed,
        logPath: logPath(dir, host.name),
      };
      const switchPorts = ports.get(host.name) ?? {};
      const root = kernelRoots.get(host.name) ?? '';
      const kernelPlace = { ...place, root, number, switchPorts, doorProgram: programs.door };
      const started = await (host.kind === 'kernel'
        ? startKernel(host, kernelPlace)
        : startHost(host, place));
      const built = { spec: host, switchPorts, ...started };
      return hostKey === undefined ? built : { ...built, hostKey };
    }),
  );
  await wire(keeper.identity, spec.networks, hosts);
  return hosts;
}

interface ReachedHost {
  readonly name: string;
  readonly access: LabHost;
  readonly waiters: readonly ProcessIdentity[];
}

/** Starts relays and servers, and waits until everything answers. */
function openHosts(lab: LabInMaking, hosts: readonly BuiltHost[]): Promise<ReachedHost[]> {
  const { dir, say } = lab;
  return settleAll(
    hosts.map(async (host): Promise<ReachedHost> => {
      const { name, serve, kind } = host.spec;
      const ready = host.becomeReady();
      // It may boot for longer than an SSH server is waited for.
      if (kind === 'kernel') await ready;
      const [servers, ssh] = await Promise.all([openServers(lab, host), openSsh(lab, host), ready]);
      const serving = serve.map(({ protocol, port }) => `${protocol} ${port}`).join(', ');
      const served = serving === '' ? '' : `, serves ${serving}`;
      if (kind === 'bare' || ssh === undefined || host.hostKey === undefined) {
        say(`${name} is up, bare${served}`);
        return { name, access: { kind: 'bare' }, waiters: servers };
      }
      say(`${name} is up, SSH on 127.0.0.1:${ssh.port}${served}`);
      const access = {
        ...({ kind, address: '127.0.0.1', port: ssh.port, user: 'root' } as const),
        ...{ privateKeyPath: join(dir, PRIVATE_KEY_FILE), hostKey: host.hostKey },
      };
      return { name, access, waiters: [...servers, ssh.waiter] };
    }),
  );
}

async function openServers(lab: LabInMaking, { spec, init }: BuiltHost): Promise<ProcessIdentity[]> {
  // A kernel host has its own, which systemd started.
  if (spec.serve.length === 0 || spec.kind === 'kernel') return [];
  const program: LabProgram = {
    path: lab.programs.serve,
    args: [spec.name],
    endsWith: init,
    network: init,
    logPath: logPath(lab.dir, `${spec.name}-servers`),
  };
  return [await startServers(program, spec.serve)];
}

async function openSsh(lab: LabInMaking, host: BuiltHost) {
  if (host.hostKey === undefined) return undefined;
  const { init } = host;
  const { identity: keeper } = lab.keeper;
  const outside = operatorsAddress(lab.spec, host.spec) ?? host.door;
  const from =
    outside === undefined ? { args: ['127.0.0.1'], network: init } : { args: [outside], network: keeper };
  const relay = await startRelay({
    ...from,
    path: lab.programs.relay,
    endsWith: keeper,
    logPath: logPath(lab.dir, `${host.spec.name}-ssh`),
  });
  await awaitSsh(relay.port, keeper);
  return relay;
}

/** The address of the host at which the lab's operator finds it; nothing where no network of the host has an operator. */
function operatorsAddress({ networks }: LabSpec, { links }: HostSpec): string | undefined {
  const reachable = links.filter((link) =>
    networks.some(({ name, operator }) => name === link.network && operator !== undefined),
  );
  return reachable.flatMap(({ addresses }) => addresses).find(({ family }) => family === 'ipv4')?.address;
}

function logPath(dir: string, name: string): string {
  return join(dir, 'logs', `${name}.log`);
}
