// Boots of a host with a kernel and systemd of its own: what its units bring back after a reboot and after a power cut, and what they say.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { BOOT_SHELL } from '../../lib/converge/shell/boot';
import { partsOn } from '../converge/all-parts';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { kernelStateOf } from './fixtures/kernel-state';
import type { KeptParts } from './fixtures/kept-generation';
import { GENERATION, keepGeneration, mustExec } from './fixtures/kept-generation';
import { LabScenario } from './fixtures/lab-scenario';

const DEVICE = 'enp0s5';
const PARTS = partsOn(DEVICE);
const SYSCTLS = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding', 'net.ipv4.vs.conntrack'];

const run = labForFile({
  hosts: { gw: { kind: 'kernel', links: { [DEVICE]: { network: 'lan', addresses: ['182.16.100.1/24'] } } } },
});

/** A boot takes some seconds, and many on a machine that does other work. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const hand = (script: string, stdin = ''): Promise<string> =>
  mustExec(run.lab, 'gw', ['sh', '-ec', script], stdin);
const state = (): Promise<readonly string[]> => kernelStateOf(run.lab, 'gw', SYSCTLS);

/** What a transaction's session does behind the steps: files and units are on the disk. */
async function keep(...kept: readonly KeptParts[]): Promise<void> {
  await keepGeneration(run.lab, 'gw', ...kept);
  await hand(
    `${SESSION}seal_boot ${GENERATION} default none; settle_boot_units ${GENERATION}; rm -r "$work"; sync`,
  );
}

const SESSION = `set +e
state=/var/lib/gatewright; run=/run/gatewright
work=$(mktemp -d)
on_disk() { sync "$@"; }
${BOOT_SHELL}
`;

/** `path: text` of what of the units and of the kept files is not as it was made. */
const readBoot = (): Promise<string> => hand(`${SESSION}read_boot default; rm -r "$work"`);

/** What of systemd's units is not as a boot should leave them. */
const failedUnits = async (): Promise<string> =>
  hand("systemctl list-units --failed --plain --no-legend 'gatewright-*' | cut -d ' ' -f 1");
const journal = (unit: string): Promise<string> => hand(`journalctl --quiet --output=cat -b -u ${unit}`);

describe('of parts over every subsystem', () => {
  let applied: readonly string[];

  beforeAll(async () => {
    const scenario = new LabScenario(run.lab, 'gw');
    await scenario.apply(PARTS);
    applied = await state();
    await keep({ parts: PARTS });
  });

  test.each(['reboot', 'powerCut'] as const)('all of it is there after a %s', async (accident) => {
    await run.lab[accident]('gw');
    expect(await state()).toEqual(applied);
    expect(await failedUnits()).toBe('');
    expect(await hand('systemctl is-active gatewright-rules gatewright-network')).toBe('active\nactive\n');
  });

  test('rules are there before the network is, and addresses behind it', async () => {
    const when = async (unit: string, which: 'Enter' | 'Exit'): Promise<number> =>
      Number(await hand(`systemctl show -P Active${which}TimestampMonotonic ${unit}`));
    const rules = await when('gatewright-rules.service', 'Enter');
    const before = await when('network-pre.target', 'Enter');
    const network = await when('gatewright-network.service', 'Enter');
    expect(rules).toBeGreaterThan(0);
    expect(rules).toBeLessThanOrEqual(before);
    expect(before).toBeLessThan(network);
  });
});

/** A boot brings nothing of ours back then. */
async function wipe(): Promise<void> {
  await hand("rm -rf /var/lib/gatewright; find /etc/systemd/system -name 'gatewright-*' -delete; sync");
  await run.lab.reboot('gw');
}

test('an apply keeps it, a plan shows what somebody changed of it, and a destroy leaves nothing of it', async () => {
  await wipe();
  const scenario = new LabScenario(run.lab, 'gw');
  Object.assign(scenario.target, { persist: 'fail-open' });
  await scenario.apply(PARTS);
  const applied = await state();
  await run.lab.powerCut('gw');
  scenario.forgetConnection();
  expect(await state()).toEqual(applied);
  expect(await scenario.refresh()).toEqual(PARTS);
  await hand('rm /etc/systemd/system/gatewright-rules.service');
  expect(await scenario.refresh()).toEqual({
    ...PARTS,
    '~boot': '# /etc/systemd/system/gatewright-rules.service is missing\n',
  });
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
  await scenario.destroy();
  expect(await hand('ls -R /etc/systemd/system')).not.toContain('gatewright');
  expect(await hand('ls /run/gatewright')).toBe('lock\n');
});

describe('where a rule is refused', () => {
  beforeAll(wipe);

  const RULES = {
    a: 'sysctl net.ipv4.ip_forward=1\niptables -A FORWARD -j GW-A\niptables -A GW-A -s 192.0.2.1 -j DROP\n',
  };
  const broken = async (persist: 'fail-open' | 'fail-closed'): Promise<void> => {
    await keep({ parts: RULES, persist });
    await hand(`echo net.ipv6.conf.all.forwarding=1 > /etc/sysctl.d/50-own.conf
      sed -i 's/^-A GW-A .*/&\\n-A GW-A -j NOSUCH/' ${GENERATION}/boot/default/ipv4; sync`);
    // The lab tells of units that failed, and what they said.
    await expect(run.lab.reboot('gw')).rejects.toThrow('its state is degraded');
  };
  const forwarding = (): Promise<string> =>
    hand('cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding');
  const rules = (): Promise<string> => hand('iptables -S GW-A; iptables -S FORWARD');
  const LOADED =
    '-N GW-A\n-A GW-A -s 192.0.2.1/32 -j DROP\n-P FORWARD ACCEPT\n-A FORWARD -m comment --comment "gatewright:default" -j GW-A\n';

  test('with fail-open all else is loaded, the host forwards, and the unit says what was refused', async () => {
    await broken('fail-open');
    expect(await forwarding()).toBe('1\n1\n');
    expect(await rules()).toBe(LOADED);
    expect(await failedUnits()).toContain('gatewright-rules.service\n');
    expect(await journal('gatewright-rules')).toContain('iptables -t filter -A GW-A -j NOSUCH');
  });

  test('with fail-closed all else is loaded, and the host forwards only when all of it is', async () => {
    await broken('fail-closed');
    expect(await forwarding()).toBe('0\n0\n');
    expect(await rules()).toBe(LOADED);
    expect(await journal('gatewright-network')).toContain('not all is loaded, so forwarding stays off');
    await hand(`sed -i /NOSUCH/d ${GENERATION}/boot/default/ipv4; systemctl restart gatewright-network`);
    expect(await forwarding()).toBe('1\n1\n');
    await run.lab.reboot('gw');
    expect(await forwarding()).toBe('1\n1\n');
    expect(await failedUnits()).toBe('');
  });
});

describe('what is kept for a boot', () => {
  const UNITS = '/etc/systemd/system';
  beforeAll(() => keep({ parts: PARTS }));

  test.each<readonly [hand: string, told: readonly string[]]>([
    ['true', []],
    [`rm ${UNITS}/gatewright-rules.service`, [`${UNITS}/gatewright-rules.service is missing`]],
    [
      `echo '# mine' >> ${UNITS}/gatewright-late.service`,
      [`${UNITS}/gatewright-late.service is not as it was made`],
    ],
    [
      'systemctl disable --quiet gatewright-network',
      ['multi-user.target', 'systemd-networkd.service', 'networking.service', 'NetworkManager.service'].map(
        (target) => `gatewright-network.service is not enabled for ${target}`,
      ),
    ],
    [`rm ${GENERATION}/boot/default/ipset`, [`/var/lib/gatewright/current/boot/default/ipset is missing`]],
    [
      `echo >> ${GENERATION}/boot/default/ipv4`,
      [`/var/lib/gatewright/current/boot/default/ipv4 is not as it was confirmed`],
    ],
    [`echo >> ${GENERATION}/load`, [`/var/lib/gatewright/current/load is not as it was confirmed`]],
  ])('is read as it is after `%s`, and made again', async (script, told) => {
    await hand(script);
    expect((await readBoot()).split('\n').filter(Boolean).sort()).toEqual([...told].sort());
    await keep({ parts: PARTS });
    expect(await readBoot()).toBe('');
  });

  test('units that were made are taken back, and those that were removed come again', async () => {
    const list = `ls -R ${UNITS}; cat ${UNITS}/gatewright-*`;
    const before = await hand(list);
    await hand(`${SESSION}mkdir -p /tmp/none; settle_boot_units /tmp/none`);
    expect(await hand(`ls -R ${UNITS}`)).not.toContain('gatewright');
    expect(await hand('systemctl list-unit-files --no-legend "gatewright-*" || true')).toBe('');
    await hand(`${SESSION}settle_boot_units ${GENERATION}; undo_boot_units`);
    expect(await hand(`ls -R ${UNITS}`)).not.toContain('gatewright');
    await hand(
      `${SESSION}settle_boot_units ${GENERATION}; rm -r "$work/units"; settle_boot_units /tmp/none; undo_boot_units`,
    );
    expect(await hand(list)).toBe(before);
  });
});
