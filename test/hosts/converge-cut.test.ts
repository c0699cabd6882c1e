// A stream of bulk that is cut at any byte changes nothing on the host, leaves nothing there, and frees its lock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteHost } from '../../lib/converge/remote-host';
import { labDown } from '../../lib/lab/down';
import { labUp } from '../../lib/lab/up';
import type { SshConnection } from '../../lib/ssh/connection';
import { connectTo, LabSubject } from '../contract/lab-subject';
import { stateOf } from '../contract/subject';
import { MARK, NEVER, question, run, step, sysctlStep, transaction } from '../contract/transactions';
import { errorOf } from '../converge/scenario';
import type { Cut } from './fixtures/cut-connection';
import { cutConnection, measuredConnection } from './fixtures/cut-connection';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-cut-'));
let subject: LabSubject;
let connection: SshConnection;

beforeAll(async () => {
  const host = { kind: 'namespace', links: { eth0: { network: 'lan' } } } as const;
  const lab = await labUp({ hosts: { host } }, join(folder, 'lab'));
  subject = await LabSubject.open(lab, 'host');
  await subject.reset();
  connection = await connectTo(lab, 'host');
});

afterAll(async () => {
  connection.close();
  subject.close();
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

const GIVEN = transaction(
  [
    sysctlStep('1', '0'),
    step(
      'nat',
      [':GW-A - [0:0]', '-A GW-A -j RETURN', `-I POSTROUTING 1 ${MARK} -j GW-A`],
      [`-D POSTROUTING ${MARK} -j GW-A`, ':GW-A - [0:0]', '-X GW-A'],
    ),
  ],
  {
    watch: ['own nat GW-A'],
    ipv4: ['nat GW-A 000000 :', 'nat GW-A 000001 -j RETURN', `nat POSTROUTING 000001 ${MARK} -j GW-A`],
    sysctls: 'net/ipv4/ip_forward 1\n',
  },
);

const TAKEN_BACK = transaction(
  GIVEN.steps.map((each) => ({ ...each, forward: each.inverse, inverse: each.forward })).reverse(),
  {},
  {},
);

/** How many files a transaction of two steps is, with what an empty scope remembers. */
const FILES = 21;

/** Lengths and texts of question, index and bundle; the last comes file by file. */
function sixOf(sizes: readonly number[]): number[] {
  expect(sizes).toHaveLength(5 + FILES);
  return [...sizes.slice(0, 5), sizes.slice(5).reduce((sum, size) => sum + size, 0)];
}

/** Around each boundary between the six things that are sent, and in strides between. */
function positionsOf(sizes: readonly number[]): number[] {
  const ends = sizes.reduce<number[]>((sums, size) => [...sums, (sums.at(-1) ?? 0) + size], []);
  const total = ends.at(-1) ?? 0;
  const around = [0, ...ends].flatMap((end) => [end - 1, end, end + 1]);
  const strides = Array.from({ length: 24 }, (_, index) => Math.floor((index * total) / 24) + index);
  return [...new Set([...around, 6, ...strides])].filter((at) => at >= 0 && at < total).sort((a, b) => a - b);
}

describe.each<[Cut, string]>([
  ['ended', 'whose input ends'],
  ['closed', 'whose channel closes'],
])('a transaction %s (%s)', (cut) => {
  test('at any byte of its bulk changes nothing and leaves nothing', async () => {
    const measured = measuredConnection(connection);
    await run(remoteHost(measured.connection), GIVEN);
    await run(remoteHost(connection), TAKEN_BACK);
    const before = await stateOf(subject);
    const positions = positionsOf(sixOf(measured.sizes));
    expect(positions.length).toBeGreaterThan(30);
    for (const limit of positions) {
      const host = remoteHost(cutConnection(connection, { limit, cut }));
      const error = await errorOf(run(host, GIVEN));
      expect(error, `cut at byte ${limit}`).toMatchObject({ code: 'unreadable' });
      // It gets the lock only when the one that was cut has ended.
      await subject.second.transact(question(), () => undefined, NEVER);
      expect(await stateOf(subject), `cut at byte ${limit}`).toEqual(before);
      expect(await subject.runFiles(), `cut at byte ${limit}`).toEqual(['lock']);
    }
  });
});

test('a transaction that arrived whole runs, though its channel closes behind the last byte', async () => {
  const measured = measuredConnection(connection);
  await run(remoteHost(measured.connection), GIVEN);
  await run(remoteHost(connection), TAKEN_BACK);
  const limit = measured.sizes.reduce((sum, size) => sum + size, 0);
  await errorOf(run(remoteHost(cutConnection(connection, { limit, cut: 'closed' })), GIVEN));
  await subject.second.transact(question(), () => undefined, NEVER);
  expect(await subject.readSysctl('net.ipv4.ip_forward')).toBe('1');
  expect(await subject.save()).toContain('-A GW-A -j RETURN');
  await run(remoteHost(connection), TAKEN_BACK);
});

test.each(['read', 'prove'] as const)('a cut %s leaves nothing', async (verb) => {
  for (const limit of [0, 5, 11, 12, 13, 20]) {
    const host = remoteHost(cutConnection(connection, { limit, cut: 'ended' }));
    const given =
      verb === 'read' ? host.read(question()) : host.prove({ ipv4: '*nat\n-A OUTPUT -j ACCEPT\nCOMMIT\n' });
    expect(await errorOf(given)).toMatchObject({ code: 'unreadable' });
    await subject.second.transact(question(), () => undefined, NEVER);
    expect(await subject.runFiles()).toEqual(['lock']);
  }
});
