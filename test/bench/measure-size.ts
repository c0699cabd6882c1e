// Everything that is measured at one size on one backend: first a cycle with counters, then timed rounds. Used by measure-backend.ts.
import { join } from 'node:path';
import type { Lab } from '../../lib/lab/lab';
import type { IptablesBackend } from '../../lib/lab/spec';
import { emptyTables, manyHosts, onHost, privateKeyOf, reachOf } from './bench-hosts';
import type { Commands } from './commands';
import { runCounted, tracingEnvironment } from './counted-cycle';
import type { Progress } from './progress';
import { openCountingRelay } from './relay';
import { runInTurn } from './rounds';
import type { Steps } from './rounds';
import type { Samples } from './samples';
import { PREPARATION_SECONDS } from './sizes';
import type { Extent, Size } from './sizes';
import type { States } from './states';
import { readState } from './states';
import { makeStack } from './stacks';
import type { StackSource } from './stacks';
import { contestantsOf } from './subjects/contestants';
import { gatewrightSteps } from './subjects/gatewright';
import { TerraformFolder } from './terraform';
import { takeOwnPart } from './traces';
import { Traffic } from './traffic';

/** Where and with what one backend is measured. */
export interface Workplace {
  readonly commands: Commands;
  readonly backend: IptablesBackend;
  readonly lab: Lab;
  /** For what is made on the way. */
  readonly folder: string;
  /** A build of the provider that looks at no host. */
  readonly emptyBuild: string;
  readonly extent: Extent;
  readonly samples: Samples;
  readonly progress: Progress;
}

export async function measureSize(workplace: Workplace, size: Size): Promise<void> {
  const { samples, backend, progress } = workplace;
  const states = await countCycle(workplace, size);
  progress.next(`${backend} ${size.name}: stacks for the timed rounds`, PREPARATION_SECONDS);
  const logPath = join(workplace.folder, size.name, 'timed.log');
  const contestants = await contestantsOf(workplace, { size, states, logPath });
  for (let round = 1; round <= size.rounds; round += 1) {
    progress.next(`${backend} ${size.name}: round ${round} of ${size.rounds}`, size.roundSeconds);
    await runInTurn(contestants(round), ({ subject, operation }, milliseconds) => {
      const of = { backend, size: size.name, operation, subject };
      samples.add({ ...of, unit: 'ms' }, milliseconds);
      const ownPart = subject === 'gatewright' ? takeOwnPart(logPath) : undefined;
      if (ownPart !== undefined) samples.add({ ...of, unit: 'ms-own-part' }, ownPart);
    });
  }
  await leaveClean(workplace, size);
}

/** The stack of a size on the hosts that it is for; `portOf` may lead round by another port. */
export function sourceOf(
  { lab }: Workplace,
  size: Size,
  portOf: (host: string, port: number) => number = (_, port) => port,
): StackSource {
  const hosts = hostsOf(size).map((name) => {
    const reach = reachOf(lab, name);
    return { ...reach, port: portOf(name, reach.port) };
  });
  return { size, hosts, privateKeyPath: privateKeyOf(lab) };
}

/** The hosts of the lab that Gatewright works on at this size. */
export function hostsOf({ hosts }: Size): readonly string[] {
  return hosts === 1 ? ['gatewright'] : manyHosts(hosts);
}

/** By relays, with everything counted; gives what the host looked like before and after the one change. */
async function countCycle(workplace: Workplace, size: Size): Promise<States> {
  const { commands, lab, backend, samples, progress } = workplace;
  const folder = join(workplace.folder, size.name, 'counted');
  const traffic = new Traffic();
  const names = hostsOf(size);
  const relays = await Promise.all(names.map((name) => openCountingRelay(reachOf(lab, name).port, traffic)));
  try {
    const ports = new Map(names.map((name, index) => [name, relays[index]?.port]));
    const source = sourceOf(workplace, size, (name, port) => ports.get(name) ?? port);
    const stack = await makeStack(commands, source, folder);
    const logPath = join(folder, 'terraform.log');
    const terraform = new TerraformFolder(commands, stack.folder, tracingEnvironment(logPath));
    await terraform.init();
    const states = { before: '', after: '' };
    const steps: Steps = gatewrightSteps({
      ...{ lab, size: { ...size, looks: 1, applies: 1 }, hosts: names, stack, terraform },
      applied: async (variant) => {
        states[variant] = await readState(lab, { host: names[0] ?? '', size, variant });
      },
    });
    progress.next(`${backend} ${size.name}: memory and traffic`, size.countedSeconds);
    await runCounted(steps, { traffic, logPath }, ({ subject, operation }, { unit, value }) => {
      samples.add({ backend, size: size.name, operation, subject, unit }, value);
    });
    return states;
  } finally {
    for (const relay of relays) relay.close();
  }
}

/** The next size finds no rules of the one before. */
async function leaveClean({ lab }: Workplace, { members }: Size): Promise<void> {
  for (const name of ['raw', 'ansible', 'rules']) await emptyTables(lab, name);
  if (members > 0) await onHost(lab, 'raw', { argv: ['ipset', 'destroy'] });
}
