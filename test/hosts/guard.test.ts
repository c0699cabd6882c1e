// The guard of a transaction: whatever becomes of it, somebody takes back what was not confirmed, and nothing of others with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import { LabSubject } from '../contract/lab-subject';
import { chainsOf } from '../contract/subject';
import { MARK, restore, run, step, sysctlStep, transaction } from '../contract/transactions';
import { errorOf, PARTS } from '../converge/scenario';
import { LabScenario } from './fixtures/lab-scenario';
import { KILL_TRANSACTION, KILL_WATCHER } from './fixtures/faults';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-guard-'));
const dir = join(folder, 'lab');
let lab: Lab;

beforeAll(async () => {
  const links = { eth0: { network: 'lan' } };
  lab = await labUp(
    {
      hosts: {
        nft: { kind: 'namespace', iptables: 'nft', links },
        legacy: { kind: 'namespace', iptables: 'legacy', links },
        kernel: { kind: 'kernel', links },
      },
    },
    dir,
  );
});

afterAll(async () => {
  await labDown(dir);
  rmSync(folder, { recursive: true });
});

const FOREIGN = '-A POSTROUTING -s 203.0.113.1/32 -j ACCEPT';

/** Two tables and a sysctl; where it stops, some of it is done. */
const STEPS = [
  sysctlStep('1', '0'),
  step('nat', [`-I POSTROUTING 1 ${MARK} -j ACCEPT`], [`-D POSTROUTING ${MARK} -j ACCEPT`]),
  step('filter', [`-I INPUT 1 ${MARK} -j ACCEPT`], [`-D INPUT ${MARK} -j ACCEPT`]),
];
const EXPECTED = [`filter INPUT 000001 ${MARK} -j ACCEPT`, `nat POSTROUTING 000001 ${MARK} -j ACCEPT`];

const UNTIL_DISARMED = 'until [ ! -e /run/gatewright/armed ]; do sleep 0.1; done';

describe.each(['nft', 'legacy', 'kernel'])('on host %s', (name) => {
  let subject: LabSubject;

  beforeAll(async () => {
    subject = await LabSubject.open(lab, name);
  });

  beforeEach(async () => {
    await subject.reset();
  });

  afterAll(() => {
    subject.close();
  });

  const sh = (script: string): Promise<string> => subject.exec(['sh', '-c', script]);

  /** Before or after the kernel takes the rules of the first table, the host is at the mercy of `fate`. */
  async function stoppedAt(
    gate: 'before' | 'after',
    fate: () => Promise<unknown>,
    guardSeconds = 60,
  ): Promise<void> {
    const { reached } = await subject.stall(gate);
    const given = transaction(STEPS, { ipv4: EXPECTED });
    const ended = errorOf(run(subject.host, { ...given, guardSeconds }));
    await reached();
    // The trap holds what it caught, and nobody who comes later.
    await sh('rm -r /tmp/traps');
    await subject.hand(restore('nat', FOREIGN));
    await fate();
    await ended;
  }

  async function expectTakenBack(): Promise<void> {
    expect(await chainsOf(subject)).toEqual({
      'ipv4 nat POSTROUTING': [FOREIGN.slice('-A POSTROUTING '.length)],
    });
    expect(await subject.readSysctl('net.ipv4.ip_forward')).toBe('0');
    expect(await subject.runFiles()).toEqual(['lock']);
    expect(await subject.stateFiles()).toBeUndefined();
    expect(await sh('cat /run/gatewright/lock')).toMatch(/^[0-9a-f]+ undone\n$/);
  }

  test.each(['before', 'after'] as const)(
    'a transaction that is killed %s the kernel took its rules is taken back by its watcher, what others did meanwhile stays',
    async (gate) => {
      await stoppedAt(gate, () => sh(`${KILL_TRANSACTION}; ${UNTIL_DISARMED}`));
      await expectTakenBack();
    },
  );

  test('a transaction that hangs is ended and taken back at the deadline', async () => {
    await stoppedAt('after', () => sh(UNTIL_DISARMED), 3);
    await expectTakenBack();
  });

  test('where the watcher is killed too, whoever reads next takes it back', async () => {
    await stoppedAt('after', () => sh(`${KILL_WATCHER}; ${KILL_TRANSACTION}`));
    const scenario = new LabScenario(lab, name);
    const refreshed = await scenario.engine.refresh(scenario.target, { parts: {} }, undefined);
    expect(refreshed.notes).toEqual([
      expect.objectContaining({ summary: `${name}:22 rolled an apply back` }),
    ]);
    await expectTakenBack();
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
  });
});

test('where systemd runs, its timer takes back at the deadline what nobody else could, and none is left', async () => {
  const subject = await LabSubject.open(lab, 'kernel');
  await subject.reset();
  const { reached } = await subject.stall('after');
  const ended = errorOf(run(subject.host, { ...transaction(STEPS, { ipv4: EXPECTED }), guardSeconds: 8 }));
  await reached();
  const sh = (script: string): Promise<string> => subject.exec(['sh', '-c', script]);
  await sh('rm -r /tmp/traps');
  expect(await sh('systemctl list-timers --no-legend gatewright-guard-*')).toContain('gatewright-guard-');
  await sh(`${KILL_WATCHER}; ${KILL_TRANSACTION}`);
  await ended;
  await sh(UNTIL_DISARMED);
  expect(await chainsOf(subject)).toEqual({});
  expect(await subject.readSysctl('net.ipv4.ip_forward')).toBe('0');
  expect(await sh('systemctl list-units --all --no-legend gatewright-guard-*')).toBe('');
  subject.close();
});
