// SSH sessions and clients that are killed in the middle: the host is all old or all new, its lock is free, and the next plan tells the truth.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import { LabSubject } from '../contract/lab-subject';
import { chainsOf, stateOf } from '../contract/subject';
import { errorOf, PARTS } from '../converge/scenario';
import { LabScenario } from './fixtures/lab-scenario';
import { startApply } from './fixtures/start-apply';

const OTHER = {
  ...PARTS,
  '50-service web': 'iptables -t nat -A GW-SERVICES -j GW-NEW\niptables -t nat -N GW-NEW',
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-killed-'));
const dir = join(folder, 'lab');
let lab: Lab;

beforeAll(async () => {
  const links = { eth0: { network: 'lan' } };
  lab = await labUp(
    {
      hosts: {
        nft: { kind: 'namespace', iptables: 'nft', links },
        legacy: { kind: 'namespace', iptables: 'legacy', links },
      },
    },
    dir,
  );
});

afterAll(async () => {
  await labDown(dir);
  rmSync(folder, { recursive: true });
});

/** What is under way when the session dies. */
const VERBS = {
  'a first apply': { before: undefined, after: PARTS },
  'an update': { before: PARTS, after: OTHER },
  'a destroy': { before: PARTS, after: undefined },
} as const;

describe.each(['nft', 'legacy'])('on a host with iptables-%s', (name) => {
  let subject: LabSubject;
  let scenario: LabScenario;

  beforeAll(async () => {
    subject = await LabSubject.open(lab, name);
  });

  beforeEach(async () => {
    await subject.reset();
    scenario = new LabScenario(lab, name);
  });

  afterAll(() => {
    subject.close();
  });

  async function arrange(before: typeof PARTS | undefined): Promise<void> {
    if (before === undefined) return;
    await scenario.apply(before);
    await scenario.refresh();
  }

  function begin(after: typeof PARTS | undefined): Promise<void> {
    return after === undefined ? scenario.destroy() : scenario.applyOnly(after);
  }

  /** What Terraform would see next: nothing to change, or all of it, never a mixture; and the next apply works. */
  async function expectNextToWork(after: typeof PARTS | undefined): Promise<void> {
    if (after === undefined) {
      await scenario.destroy();
      expect(await chainsOf(subject)).toEqual({});
      expect(await subject.stateFiles()).toBeUndefined();
    } else {
      await scenario.apply(after);
      expect(await scenario.refresh()).toEqual(after);
      expect(await scenario.wording(after)).toBe('prior');
    }
    expect(await subject.runFiles()).toEqual(['lock']);
  }

  describe.each(Object.entries(VERBS))('%s whose SSH session is killed', (_verb, { before, after }) => {
    test.each(['before', 'after'] as const)(
      '%s the kernel takes the rules is finished by the host alone, which is found out over a new connection',
      async (gate) => {
        await arrange(before);
        const others = await sshdPids(subject);
        const { reached, release } = await subject.stall(gate);
        scenario.forgetConnection();
        const given = begin(after);
        await reached();
        scenario.forgetConnection();
        await killAll(
          subject,
          (await sshdPids(subject)).filter((pid) => !others.includes(pid)),
        );
        await release();
        await given;
        if (after === undefined) expect(await scenario.refresh()).toEqual({});
        else expect(await scenario.refresh()).toEqual(after);
        await expectNextToWork(after);
      },
    );

    test('before anything was sent leaves the old', async () => {
      await arrange(before);
      const old = await stateOf(subject);
      const others = await sshdPids(subject);
      await holdLock(subject);
      scenario.forgetConnection();
      const given = errorOf(begin(after));
      await subject.exec(['sh', '-c', 'until ls /run/gatewright | grep -q work; do sleep 0.02; done']);
      await killAll(
        subject,
        (await sshdPids(subject)).filter((pid) => !others.includes(pid)),
      );
      expect(await given).toMatchObject({ code: 'connection-lost' });
      await freeLock(subject);
      scenario.forgetConnection();
      expect(await scenario.refresh()).toEqual(before ?? {});
      expect(await stateOf(subject)).toEqual(old);
      await expectNextToWork(after);
    });
  });

  test('a client killed while the host is at it: nobody confirms, so the host takes it back, and the next create works', async () => {
    const { reached, release } = await subject.stall();
    const { child, told } = startApply({ dir, name, more: {}, parts: PARTS });
    await reached();
    child.kill('SIGKILL');
    expect(await told).toBeUndefined();
    await release();
    // It waits for the lock, which the transaction holds until it has given up.
    expect((await scenario.plan(PARTS)).notes).toEqual([]);
    expect(await chainsOf(subject)).toEqual({});
    expect(await subject.stateFiles()).toBeUndefined();
    await expectNextToWork(PARTS);
  });
});

test('a session killed with no way back says so, and the host takes back what nobody confirmed', async () => {
  const subject = await LabSubject.open(lab, 'nft');
  await subject.reset();
  const scenario = new LabScenario(lab, 'nft');
  const others = await sshdPids(subject);
  const { reached, release } = await subject.stall();
  const given = errorOf(scenario.applyOnly(PARTS));
  await reached();
  scenario.cutOff();
  await killAll(
    subject,
    (await sshdPids(subject)).filter((pid) => !others.includes(pid)),
  );
  const error = await given;
  expect(error).toMatchObject({ name: 'SshError', code: 'connection-lost' });
  expect(String(error)).toContain('it is all new or all old, which the next plan will show');
  await release();
  const again = new LabScenario(lab, 'nft');
  expect((await again.plan(PARTS)).notes).toEqual([]);
  expect(await chainsOf(subject)).toEqual({});
  subject.close();
});

/** The processes of sshd that serve a connection, as the host numbers them. */
async function sshdPids(subject: LabSubject): Promise<readonly string[]> {
  const script =
    'for stat in /proc/[0-9]*/stat; do read -r pid name state parent rest < "$stat" && echo "$pid $name $parent"; done 2> /dev/null; true';
  const processes = (await subject.exec(['sh', '-c', script])).split('\n').map((line) => line.split(' '));
  const sshds = processes.filter(([, program]) => program?.startsWith('(sshd') === true);
  const listener = sshds.find(([, , parent]) => parent === '1')?.[0];
  return sshds.flatMap(([pid]) => (pid === undefined || pid === listener ? [] : [pid]));
}

async function killAll(subject: LabSubject, pids: readonly string[]): Promise<void> {
  expect(pids).not.toEqual([]);
  await subject.exec(['kill', '-9', ...pids]);
}

/** Somebody else holds the lock, as a long transaction would. */
async function holdLock(subject: LabSubject): Promise<void> {
  const program =
    'exec 9>> /run/gatewright/lock; flock -x 9; echo held > /tmp/held; read -r word < /tmp/free';
  await subject.exec([
    'sh',
    '-c',
    `mkdir -p /run/gatewright; rm -f /tmp/free /tmp/held; mkfifo /tmp/free; setsid sh -c '${program}' > /dev/null 2>&1 &`,
  ]);
  await subject.exec(['sh', '-c', 'until [ -e /tmp/held ]; do sleep 0.02; done']);
}

async function freeLock(subject: LabSubject): Promise<void> {
  await subject.exec(['sh', '-c', 'echo go > /tmp/free']);
}
