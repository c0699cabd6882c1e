// What a plan and an apply cost, counted and not timed: connections, round trips, lines sent, text handed to Terraform. None of it may
// grow with what does not change.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { IPTABLES_BACKENDS } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';
import { privateKeyOf, reachOf } from '../bench/bench-hosts';
import { Commands } from '../bench/commands';
import { runCounted, tracingEnvironment } from '../bench/counted-cycle';
import { openCountingRelay } from '../bench/relay';
import type { CountingRelay } from '../bench/relay';
import type { Operation, Unit } from '../bench/rows';
import { SIZES } from '../bench/sizes';
import type { Stack } from '../bench/stacks';
import { makeStack } from '../bench/stacks';
import { gatewrightSteps } from '../bench/subjects/gatewright';
import { TerraformFolder } from '../bench/terraform';
import { Traffic } from '../bench/traffic';

const SMALL = 20;
const LARGE = 200;

describe.each(IPTABLES_BACKENDS)('on a host with iptables-%s', (backend) => {
  let folder = '';
  let lab: Lab;
  let relay: CountingRelay;
  /** By services, operation and unit. */
  const counts = new Map<string, number>();
  const count = (services: number, operation: Operation, unit: Unit): number =>
    counts.get(`${services} ${operation} ${unit}`) ?? NaN;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatewright-counts-'));
    lab = await labUp(
      {
        hosts: {
          gatewright: {
            ...{ kind: 'namespace', iptables: backend },
            links: { eth0: { network: 'lan', addresses: ['192.168.1.1/24'] } },
          },
        },
      },
      join(folder, 'lab'),
    );
    const traffic = new Traffic();
    const reach = reachOf(lab, 'gatewright');
    relay = await openCountingRelay(reach.port, traffic);
    for (const services of [SMALL, LARGE]) {
      const [model] = SIZES;
      if (model === undefined) throw new Error('no size');
      const size = { ...model, services, endpoints: 3 };
      const commands = new Commands(new AbortController().signal);
      const source = {
        ...{ size, hosts: [{ ...reach, port: relay.port }], privateKeyPath: privateKeyOf(lab) },
      };
      const stack = await makeStack(commands, source, join(folder, String(services)));
      counts.set(`${services} synth bytes`, statSync(partsOf(stack)).size);
      const logPath = join(folder, 'terraform.log');
      const terraform = new TerraformFolder(commands, stack.folder, tracingEnvironment(logPath));
      await terraform.init();
      const steps = gatewrightSteps({
        ...{ lab, size, stack, terraform, hosts: ['gatewright'], looks: 1, applies: 1 },
        applied: () => Promise.resolve(),
      });
      await runCounted(steps, { traffic, logPath }, ({ operation }, { unit, value }) => {
        counts.set(`${services} ${operation} ${unit}`, value);
      });
    }
  }, 240_000);

  afterAll(async () => {
    relay.close();
    await labDown(lab.dir);
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['plan-unchanged', 1],
    ['plan-one', 1],
    // One of the plan's process, and in that of the apply one for the work and a fresh one for the word.
    ['apply-first', 3],
    ['apply-one', 3],
    ['repair-one', 3],
    // Terraform looks once before it plans the destruction.
    ['destroy', 4],
  ] as const)('%s makes %i connections, whatever the size', (operation, connections) => {
    expect([SMALL, LARGE].map((services) => count(services, operation, 'connections'))).toEqual([
      connections,
      connections,
    ]);
  });

  test.each([
    // As turns of who speaks at the socket, which a busy machine makes more of: the limits have room for that.
    ['plan-unchanged', 20],
    ['plan-one', 32],
    ['apply-one', 100],
    ['repair-one', 100],
  ] as const)('%s makes at most %i round trips', (operation, most) => {
    for (const services of [SMALL, LARGE])
      expect(count(services, operation, 'round-trips'), `${services} services`).toBeLessThanOrEqual(most);
  });

  test('one endpoint takes as few lines whatever the size', () => {
    const sent = count(LARGE, 'apply-one', 'lines');
    expect(sent).toBeLessThan(50);
    expect(sent).toBe(count(SMALL, 'apply-one', 'lines'));
  });

  test('a lost rule takes no more lines than its chain has', () => {
    for (const services of [SMALL, LARGE])
      expect(count(services, 'repair-one', 'lines')).toBeLessThanOrEqual(services + 5);
  });

  test('Terraform is handed at most 1,450 bytes for a service of three endpoints', () => {
    const ofOne = (count(LARGE, 'synth', 'bytes') - count(SMALL, 'synth', 'bytes')) / (LARGE - SMALL);
    expect(ofOne).toBeLessThan(1450);
  });

  test('everything was counted', () => {
    expect([...counts.values()].every(Number.isFinite)).toBe(true);
  });
});

function partsOf({ folder }: Stack): string {
  return join(folder, 'assets', 'host-0', 'parts.json');
}
