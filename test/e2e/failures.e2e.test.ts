import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import { isNoChange } from '../../lib/cli/demo/story';
import type { Parts } from '../../lib/model/declaration';
import { type Accident, allEnded, happen, providersOf } from './fixtures/accidents';
import type { CommandEnd } from './fixtures/command';
import { Gate, type Moment } from './fixtures/gate';
import { gates } from './fixtures/gates';
import { type Attributes, hostBlock, providerBlock, reachOf } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { OwnRelay } from './fixtures/own-relay';
import { shownLines } from './fixtures/shown-lines';
import { TerraformFolder } from './fixtures/terraform-folder';

/** What became of the host, and whether Terraform heard of it. */
type Fate = 'all old' | 'all new' | 'all new, and reported';

// From the moment at which the transaction has started in a session of its own, it ends whatever becomes of us: taken back where
// nobody confirms it. Where only the connection was lost, the provider confirms it over another one.
const ACCIDENTS: readonly (readonly [Accident, Moment, Fate])[] = [
  ['provider killed', 'read', 'all old'],
  ['provider killed', 'started', 'all old'],
  ['provider killed', 'half switched', 'all old'],
  ['provider killed', 'switched', 'all old'],
  ['provider killed', 'remembered', 'all new'],
  ['Terraform killed', 'read', 'all old'],
  ['Terraform killed', 'half switched', 'all old'],
  ['SSH session killed', 'read', 'all old'],
  ['SSH session killed', 'started', 'all new, and reported'],
  ['SSH session killed', 'half switched', 'all new, and reported'],
  ['SSH session killed', 'switched', 'all new, and reported'],
  ['SSH session killed', 'remembered', 'all new, and reported'],
  ['host out of reach', 'read', 'all old'],
  ['host out of reach', 'half switched', 'all old'],
  ['Ctrl-C', 'read', 'all old'],
  ['Ctrl-C', 'half switched', 'all old'],
];

const HOSTS = ACCIDENTS.map((_, index) => `gate${index + 1}`);
const scene = labForFile(gates(Object.fromEntries(['still', ...HOSTS].map((name) => [name, {}]))));

const FIRST: Parts = {
  '10-host':
    'sysctl net.ipv4.ip_forward=1\niptables -A FORWARD -j GW-WALL\niptables -A GW-WALL -s 203.0.113.1 -j DROP\n',
  '50-web':
    'iptables -t nat -A PREROUTING -j GW-WEB\niptables -t nat -A GW-WEB -p tcp -j DNAT --to-destination 10.1.0.1:80\n',
};
const SECOND: Parts = {
  '10-host': `${FIRST['10-host'] ?? ''}iptables -A GW-WALL -s 203.0.113.2 -j DROP\n`,
  '50-web': (FIRST['50-web'] ?? '').replace('10.1.0.1', '10.1.0.2'),
};
const SECOND_ONLY = [
  '"10-host" + iptables -A GW-WALL -s 203.0.113.2 -j DROP',
  '"50-web" - iptables -t nat -A GW-WEB -p tcp -j DNAT --to-destination 10.1.0.1:80',
  '"50-web" + iptables -t nat -A GW-WEB -p tcp -j DNAT --to-destination 10.1.0.2:80',
];

const ALL_OF_SECOND = Object.entries(SECOND).flatMap(([part, text]) =>
  text
    .trim()
    .split('\n')
    .map((line) => `"${part}" + ${line}`),
);

function configuration(name: string, parts: Parts, attributes: Attributes = {}): string {
  return providerBlock(scene.lab) + hostBlock(scene.lab, { name, parts, attributes });
}

/** How a host looks that nothing happens to. */
const calm = { empty: '', first: '', second: '' };

beforeAll(async () => {
  const name = 'still';
  const look = (): Promise<string> => snapshotHost(scene.lab, name);
  calm.empty = await look();
  const folder = await TerraformFolder.make(scene.folder(name), configuration(name, FIRST));
  await folder.apply();
  calm.first = await look();
  folder.write(configuration(name, SECOND));
  await folder.apply();
  calm.second = await look();
});

describe.each(ACCIDENTS.map((row, index) => [...row, HOSTS[index] ?? ''] as const))(
  '%s when an apply has %s: the host is %s',
  (accident, moment, fate, host) => {
    let folder: TerraformFolder;
    let relay: OwnRelay;
    const isNew = fate !== 'all old';

    beforeAll(async () => {
      relay = await OwnRelay.to(Number(reachOf(scene.lab, host).port));
    });

    afterAll(() => {
      relay.cut();
    });

    function declare(parts: Parts): string {
      return configuration(host, parts, { port: String(relay.port), confirm_timeout_seconds: '5' });
    }

    async function interrupted(...words: string[]): Promise<CommandEnd> {
      const { lab } = scene;
      const gate = await Gate.closeAt(moment, lab, host);
      const apply = folder.start(...words, '-auto-approve');
      await Promise.race([gate.reached(), apply.hasPrinted('nothing that it would print')]);
      const providers = providersOf(apply);
      const makeGood = await happen(accident, { apply, lab, host, relay });
      // Before the start nothing waits for the host: whoever goes on must not need it.
      if (moment === 'read') await Promise.all([apply.ended, allEnded(providers)]);
      await gate.open();
      await allEnded(providers);
      await makeGood();
      return apply.ended;
    }

    function expectReported({ exitCode, output }: CommandEnd): void {
      const isReported = fate === 'all new, and reported';
      if (accident === 'Ctrl-C') expect(output).toContain('Interrupt received.');
      else expect(exitCode === 0, output).toBe(isReported);
      expect(folder.stateOf(host)?.isTainted ?? false).toBe(false);
    }

    async function look(): Promise<string> {
      return snapshotHost(scene.lab, host);
    }

    function linesOf(plan: string): string[] {
      return shownLines(plan).map((line) => line.slice(host.length + 1));
    }

    test('in a first apply', async () => {
      folder = await TerraformFolder.make(scene.folder(host), declare(FIRST));
      expectReported(await interrupted('apply'));
      const isKnown = folder.stateOf(host) !== undefined;
      expect(isKnown).toBe(fate === 'all new, and reported');
      expect(await look()).toBe(isNew ? calm.first : calm.empty);
      const next = await folder.apply();
      if (isKnown) expect(next).toSatisfy(isNoChange);
      else expect(next).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
      expect(next.includes('holds all of this already')).toBe(isNew && !isKnown);
      expect(await look()).toBe(calm.first);
    });

    test('in an update', async () => {
      folder.write(declare(SECOND));
      const update = await interrupted('apply');
      expectReported(update);
      // The plan that this apply began with had nothing left to repair of the first one.
      expect(linesOf(update.output)).toEqual(SECOND_ONLY);
      expect(await look()).toBe(isNew ? calm.second : calm.first);
      const next = await folder.apply();
      if (isNew) expect(next).toSatisfy(isNoChange);
      else {
        expect(linesOf(next)).toEqual(SECOND_ONLY);
        expect(next).toContain('Plan: 0 to add, 1 to change, 0 to destroy.');
      }
      expect(await look()).toBe(calm.second);
    });

    test('in a destroy', async () => {
      expectReported(await interrupted('destroy'));
      expect(await look()).toBe(isNew ? calm.empty : calm.second);
      if (isNew) {
        const next = await folder.apply();
        expect(linesOf(next)).toEqual(ALL_OF_SECOND);
        expect(next).toContain('0 to destroy.');
        expect(await look()).toBe(calm.second);
      } else {
        await folder.destroy();
        expect(await look()).toBe(calm.empty);
      }
    });
  },
);
