// Starts one kernel host: User-Mode Linux, a process of the lab. Used by build-lab.ts, for all hosts at once.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { LabError } from '../errors';
import { expectLines } from '../expect-lines';
import { identify } from '../process-identity';
import type { HostSpec } from '../spec';
import type { HostPlace, StartedHost } from '../start-host';
import { kernelPort } from '../wire';
import { awaitBoot, checkSysctls } from './await-boot';
import { doorOf, macAddress, throughDoor, wireDoor } from './door';
import { GUEST_FOLDER } from './guest-boot';
import { archiveKernelSeed } from './kernel-seed';

/** As told to the kernel; what is not used costs nothing. */
const MEMORY = '256M';

/**
 * The first process of the host's PID namespace, in which the kernel and all that it starts are: it presses the host's power
 * button. Arguments: the host's folder for its disk and memory, then the kernel's. It waits for `on` on its standard
 * input, so that the cables are there. At SIGUSR1 it cuts the power, which is -1 to `kill`, and gives it again; when the
 * host switches itself off, it ends.
 */
const POWER_PROGRAM = `
set -eu
read -r pid rest </proc/self/stat
echo "pid $pid" >&3
exec 3>&-
read -r word || exit 1
mkdir "$1"
cd "$1"
shift
cut=
trap 'cut=yes; kill -s KILL -- -1' USR1
export TMPDIR="$PWD" HOME="$PWD"
while :; do
  # A second cut may end what the first one started here.
  rm -rf uml || :
  linux.uml "$@" </dev/null &
  wait || :
  if [ -z "$cut" ]; then break; fi
  # The disk is locked until the last of the killed processes is gone.
  while kill -s 0 -- -1 2>/dev/null; do sleep 0.02 || :; done
  cut=
done
`;

export interface KernelPlace extends HostPlace {
  /** The image that the host's disk is a copy of, on write. */
  readonly root: string;
  /** Among the lab's hosts, from 0. */
  readonly number: number;
  readonly switchPorts: Readonly<Record<string, string>>;
  /** The client of doors. */
  readonly doorProgram: string;
}

/** Resolves as soon as the host can be switched on, which becoming ready begins with: after its cables are laid. */
export async function startKernel(host: HostSpec, place: KernelPlace): Promise<StartedHost> {
  const { keeper, number, seed, doorProgram } = place;
  const door = doorOf(number);
  await wireDoor(keeper, door);
  const archive = await archiveKernelSeed(host, seed, door);
  const { powerOn, ...started } = await spawnPower(host, place, kernelArguments(host, place, archive));
  const booting = {
    name: host.name,
    execArgv: (argv: readonly string[]) =>
      throughDoor({ program: doorProgram, switchProcess: keeper }, door.address, argv),
  };
  return {
    ...started,
    door: door.address,
    becomeReady: async () => {
      powerOn();
      await awaitBoot(booting);
      await checkSysctls(booting, host.sysctls);
    },
  };
}

type Power = Pick<StartedHost, 'init' | 'waiter'> & { readonly powerOn: () => void };

async function spawnPower(host: HostSpec, place: HostPlace, kernel: readonly string[]): Promise<Power> {
  const log = openSync(place.logPath, 'a', 0o600);
  const into = ['--target', String(place.keeper.pid), '--net', '--mount', '--pid', '--'];
  const own = ['unshare', '--mount', '--pid', '--propagation', 'private', '--fork', '--kill-child', '--'];
  const power = ['sh', '-c', POWER_PROGRAM, 'power', join(place.store, host.name)];
  const child = spawn('nsenter', [...into, ...own, ...power, ...kernel], {
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
  });
  closeSync(log);
  const failure = (): LabError => new LabError('command-failed', `host ${host.name} did not start`);
  const [stdin, , , report] = child.stdio;
  if (!(stdin instanceof Writable) || !(report instanceof Readable)) throw failure();
  child.once('error', () => undefined); // The missing line tells.
  stdin.on('error', () => undefined);
  const init = identify(Number(await expectLines(report, failure)(/^pid (\d+)$/)));
  const waiter = identify(child.pid ?? 0);
  if (init === undefined || waiter === undefined) throw failure();
  report.destroy();
  child.unref();
  return { init, waiter, powerOn: () => stdin.end('on\n') };
}

/** Disks: a copy-on-write file over the shared root, and the seed. `vec`: each holds its end of a cable. */
function kernelArguments({ links }: HostSpec, place: KernelPlace, archive: string): string[] {
  const { root, number, switchPorts } = place;
  const cables = [
    ...links.map(({ device }, index) => ({
      plug: kernelPort(switchPorts[device] ?? ''),
      mac: macAddress(number, index),
    })),
    doorOf(number),
  ];
  return [
    ...[`mem=${MEMORY}`, `ubd0=disk,${root}`, `ubd1r=${archive}`, 'root=/dev/ubda', 'rw'],
    ...cables.map(({ plug, mac }, index) => `vec${index}:transport=raw,ifname=${plug},mac=${mac},gro=1`),
    ...[`init=${GUEST_FOLDER}/init`, 'con=null', 'con0=null,fd:1', 'uml_dir=uml', 'umid=host'],
    ...['quiet', 'systemd.show_status=auto', 'systemd.log_color=0'],
  ];
}
