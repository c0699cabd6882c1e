// Links of ours on a host with a kernel of its own: dummies and what stands on them, the device of a module, drift, others' hands, destroy.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { ApplyFailed } from '../../lib/converge/errors';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { errorOf } from '../converge/scenario';
import { byHand, ipStateOf } from './fixtures/ip-state';
import { LabScenario } from './fixtures/lab-scenario';

const run = labForFile({
  hosts: { edge: { kind: 'kernel', links: { enp0s5: { network: 'lan', addresses: ['182.16.100.1/24'] } } } },
});

const BOUND = {
  '10-link':
    'ip link add kube-ipvs0 type dummy\nip addr add 10.96.0.1/32 dev kube-ipvs0\nip addr add 10.96.0.10/32 dev kube-ipvs0',
  '20-vip': 'ip addr add 182.16.100.101/24 dev enp0s5',
};
const ROUTED = {
  '10-link':
    'ip link add d0 up type dummy\nip addr add 10.40.0.1/24 dev d0\nip -6 addr add 2001:db8:40::1/64 dev d0',
  '20-route': 'ip route add 10.41.0.0/16 via 10.40.0.9\nip rule add pref 40 iif d0 lookup 40',
};

let scenario: LabScenario;
let before: string[];

beforeAll(() => byHand(run.lab, 'edge', 'addr add 182.16.100.50/24 dev enp0s5'));

beforeEach(async () => {
  scenario = new LabScenario(run.lab, 'edge');
  before = await state();
});

const state = (): Promise<string[]> => ipStateOf(run.lab, 'edge');
const atHost = (script: string): Promise<unknown> => run.lab.exec('edge', ['sh', '-ec', script]);
const hand = (...lines: readonly string[]): Promise<void> => byHand(run.lab, 'edge', ...lines);

test('a dummy is made by a module that is loaded without one of its own; what somebody adds to it goes', async () => {
  await scenario.apply(BOUND);
  expect(await scenario.refresh()).toEqual(BOUND);
  expect((await state()).filter((line) => !before.includes(line))).toEqual([
    'addr add 10.96.0.1/32 scope 0 dev kube-ipvs0',
    'addr add 10.96.0.10/32 scope 0 dev kube-ipvs0',
    'addr add 182.16.100.101/24 scope 0 dev enp0s5',
    'link add kube-ipvs0 type dummy',
  ]);
  const applied = await state();
  await hand(
    'addr add 10.96.0.66/32 dev kube-ipvs0',
    'addr del 10.96.0.10/32 dev kube-ipvs0',
    'link set kube-ipvs0 up',
  );
  expect(await scenario.refresh()).toEqual({
    ...BOUND,
    '10-link': 'ip link add kube-ipvs0 type dummy\nip addr add 10.96.0.1/32 dev kube-ipvs0',
    '~unexpected': 'ip link set kube-ipvs0 up\nip addr add 10.96.0.66/32 dev kube-ipvs0\n',
  });
  await scenario.apply(BOUND);
  expect(await state()).toEqual(applied);
  await scenario.destroy();
  expect(await state()).toEqual(before);
});

test('a link that somebody removed comes back with all on it; its own removal is taken back where a later step fails', async () => {
  await scenario.apply(ROUTED);
  const applied = await state();
  await hand('link del d0');
  expect(await scenario.refresh()).toEqual({ '20-route': 'ip rule add pref 40 iif d0 lookup 40' });
  await scenario.apply(ROUTED);
  expect(await state()).toEqual(applied);
  await scenario.refresh();
  await atHost('mv /var/lib/gatewright /var/lib/was; touch /var/lib/gatewright');
  expect(await errorOf(scenario.applyOnly({ a: 'ip addr add 10.42.0.1/24 dev lo' }))).toBeInstanceOf(
    ApplyFailed,
  );
  await atHost('rm /var/lib/gatewright; mv /var/lib/was /var/lib/gatewright');
  expect(await state()).toEqual(applied);
  await scenario.refresh();
  await scenario.destroy();
  expect(await state()).toEqual(before);
});

test('the device of a module comes with it, is brought up, and is taken down again', async () => {
  const parts = { a: 'ip link set tunl0 up\nip addr add 182.16.100.101/32 dev tunl0' };
  await scenario.apply(parts);
  expect(await scenario.refresh()).toEqual(parts);
  await scenario.destroy();
  // The module stays, and its device with it, down.
  expect(await state()).toEqual([...before, 'link add tunl0 type other'].sort());
});

test('a dummy of others with what we do not declare is not taken over', async () => {
  await hand('link add theirs type dummy', 'addr add 10.50.0.1/32 dev theirs');
  expect(await errorOf(scenario.plan({ a: 'ip link add theirs type dummy' }))).toMatchObject({
    problems: [{ code: 'foreign-entry', given: 'ip addr add 10.50.0.1/32 dev theirs' }],
  });
});
