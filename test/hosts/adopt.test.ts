// `adopt` on real hosts, one with a kernel of its own for IPVS: what exists and is declared otherwise is changed, set back when it is let go of, and never deleted.
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADOPTABLE, type Found } from '../converge/adoptable';
import { errorOf } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { kernelStateOf } from './fixtures/kernel-state';
import { mustExec } from './fixtures/kept-generation';
import { LabScenario } from './fixtures/lab-scenario';

const run = labForFile({
  hosts: {
    space: { kind: 'namespace', links: { eth0: { network: 'lan', addresses: ['192.0.2.100/24'] } } },
    kernel: { kind: 'kernel', links: { eth0: { network: 'back', addresses: ['192.0.2.100/24'] } } },
  },
});

/** All of them, whichever was put. */
const REMOVE_FOUND = `exec 2> /dev/null
ipset destroy
[ ! -e /proc/net/ip_vs ] || ipvsadm -C
ip rule del pref 80
ip route del 10.41.0.0/16
ip addr del 192.0.2.101/24 dev eth0
true`;

describe.each(ADOPTABLE)(
  '%s that exists and is declared otherwise',
  (_kind, found, line, declared, changed) => {
    const name = found.ipvs === undefined ? 'space' : 'kernel';
    const parts = { a: declared };
    let scenario: LabScenario;
    let bare: readonly string[];
    let before: readonly string[];

    const hand = (script: string, stdin = ''): Promise<string> =>
      mustExec(run.lab, name, ['sh', '-c', script], stdin);
    const state = (): Promise<readonly string[]> =>
      kernelStateOf(run.lab, name, ['net.ipv4.ip_forward'], { ipvs: name === 'kernel' });

    async function put({ ip, ipset, ipvs }: Found): Promise<void> {
      if (ip !== undefined) await hand('ip -batch -', ip);
      if (ipset !== undefined) await hand('ipset restore', ipset);
      if (ipvs !== undefined) await hand('ipvsadm -R', ipvs);
    }

    beforeAll(async () => {
      await hand('until ip route show dev eth0 | grep -q 192.0.2.0/24; do sleep 0.1; done');
      if (name === 'kernel') await hand('modprobe ip_vs');
      bare = await state();
    });

    beforeEach(async () => {
      scenario = new LabScenario(run.lab, name, { adopt: [line] });
      await put(found);
      before = await state();
    });

    afterEach(async () => {
      await scenario.close();
      await hand(REMOVE_FOUND);
      expect(await state()).toEqual(bare);
    });

    test('is refused without adopt, changed with it, and set back by a destroy', async () => {
      const without = new LabScenario(run.lab, name);
      expect(await errorOf(without.apply(parts))).toMatchObject({ problems: [{ code: 'foreign-entry' }] });
      await without.close();
      expect(await state()).toEqual(before);
      await scenario.apply(parts);
      expect((await state()).join('\n')).toContain(changed);
      expect(await scenario.refresh()).toEqual(parts);
      expect(await scenario.wording(parts)).toBe('prior');
      await scenario.destroy();
      expect(await state()).toEqual(before);
    });

    test('is as it was where the apply that changes it is rolled back', async () => {
      Object.assign(scenario.target, {
        probes: [{ kind: 'command', command: ['false'], timeoutSeconds: 2 }],
      });
      expect(await errorOf(scenario.apply(parts))).toMatchObject({ name: 'ApplyFailed', undone: true });
      expect(await state()).toEqual(before);
    });
  },
);
