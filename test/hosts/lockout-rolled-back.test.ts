// Ten ways to lock oneself out, each allowed by the user and each rolled back by the host in time: afterwards a new login works, and all is as before.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { onHost } from '../e2e/fixtures/observed-host';
import { errorOf } from '../converge/scenario';
import { tryCell } from '../run/reliability';
import { getsIn } from './fixtures/gets-in';
import { kernelStateOf } from './fixtures/kernel-state';
import { LabScenario } from './fixtures/lab-scenario';

const ADDRESSES = { nft: '192.0.2.6', legacy: '192.0.2.7' } as const;
type Name = keyof typeof ADDRESSES;
const NAMES: readonly Name[] = ['nft', 'legacy'];
const OPERATOR = '192.0.2.250';

const run = labForFile({
  networks: { lan: { operator: `${OPERATOR}/24` } },
  hosts: Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        kind: 'namespace',
        iptables: name,
        links: {
          eth0: { network: 'lan', addresses: [`${ADDRESSES[name]}/24`] },
          eth1: { network: 'lan', addresses: [] },
        },
      },
    ]),
  ),
});

/** What an apply does, and what it finds: somebody does `first` by hand, then `own` is applied, then comes `hand`. */
interface Lockout {
  readonly first?: string;
  readonly own?: string;
  readonly hand?: string;
  readonly lines: readonly string[];
  /** What a plan says where it is not allowed. */
  readonly plan: 'refuses' | 'warns';
}

const CONNTRACK = 'iptables -A INPUT -m conntrack --ctstate NEW,ESTABLISHED,RELATED -j ACCEPT';

/** ADDRESS is the host's own. */
const LOCKOUTS: Readonly<Record<string, Lockout>> = {
  'a policy DROP without an accept': { lines: ['iptables -P INPUT DROP'], plan: 'refuses' },
  'an accept below the drop': {
    lines: ['iptables -A INPUT -p tcp -j DROP', 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT'],
    plan: 'refuses',
  },
  'ESTABLISHED kept but NEW dropped': {
    lines: [
      'iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
      'iptables -A INPUT -m conntrack --ctstate NEW -j DROP',
    ],
    plan: 'refuses',
  },
  'the SSH port sent elsewhere by DNAT': {
    lines: ['iptables -t nat -A PREROUTING -p tcp --dport 22 -j DNAT --to-destination 192.0.2.99'],
    plan: 'refuses',
  },
  'the management address removed': {
    // It is on another device for a while, so that it can become ours without a gap.
    first:
      'sysctl -qw net.ipv4.conf.all.arp_ignore=0; ip addr add ADDRESS/32 dev lo; ip addr del ADDRESS/24 dev eth0; ip addr add 192.0.2.200/24 dev eth0',
    own: 'ip addr add ADDRESS/24 dev eth0',
    hand: 'ip addr del ADDRESS/32 dev lo',
    lines: [],
    plan: 'refuses',
  },
  'the route of the management network removed': {
    own: `ip route add ${OPERATOR}/32 dev eth0`,
    hand: 'ip route del 192.0.2.0/24 dev eth0',
    lines: [],
    plan: 'refuses',
  },
  'rp_filter where answers leave by another link': {
    own: `ip route add ${OPERATOR}/32 dev eth1`,
    lines: [`ip route add ${OPERATOR}/32 dev eth1`, 'sysctl net.ipv4.conf.eth0.rp_filter=1'],
    plan: 'warns',
  },
  'NOTRACK with a ctstate rule': {
    lines: [
      CONNTRACK,
      'iptables -P INPUT DROP',
      'iptables -t raw -A PREROUTING -p tcp --dport 22 -j NOTRACK',
    ],
    plan: 'refuses',
  },
  'a mark and a policy route': {
    lines: [
      'iptables -t mangle -A OUTPUT -p tcp --sport 22 -j MARK --set-mark 0x7',
      'ip rule add pref 70 fwmark 0x7 lookup 70',
      'ip route add blackhole default table 70',
    ],
    plan: 'warns',
  },
  'answers dropped on OUTPUT': { lines: ['iptables -A OUTPUT -p tcp --sport 22 -j DROP'], plan: 'refuses' },
};

/** Each link answers for its own address alone, so that packets come in by eth0 whatever way answers take. */
const RESET = `
rm -rf /var/lib/gatewright /run/gatewright
for table in raw mangle nat filter; do iptables -t $table -F; iptables -t $table -X; done
for chain in INPUT FORWARD OUTPUT; do iptables -P $chain ACCEPT; done
ip rule del pref 70 2> /dev/null || :
ip route flush table 70 2> /dev/null || :
ip addr flush dev lo
ip addr add 127.0.0.1/8 dev lo
ip addr flush dev eth0
ip addr add ADDRESS/24 dev eth0
ip link set eth1 up
sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 net.ipv4.ip_forward=0
`;

const SETTINGS = { confirmTimeoutSeconds: 5 };
const SYSCTLS = ['net.ipv4.conf.eth0.rp_filter'];

describe.each(NAMES)('on a host with iptables-%s', (name) => {
  const address = ADDRESSES[name];
  const sh = (script: string): Promise<string> =>
    onHost(run.lab, name, 'sh', '-ec', script.replaceAll('ADDRESS', address));
  const state = (): Promise<readonly string[]> => kernelStateOf(run.lab, name, SYSCTLS, { ipvs: false });
  const partsOf = (lines: readonly string[]): Parts => ({
    wall: ['sysctl net.ipv4.ip_forward=1', ...lines].join('\n').replaceAll('ADDRESS', address),
  });
  let scenario: LabScenario;

  beforeEach(async () => {
    scenario = new LabScenario(run.lab, name, { ...SETTINGS, allowLockout: true });
    await sh(RESET);
  });

  afterEach(async () => {
    await scenario.close();
  });

  // Each back-end has every second one.
  const half = Object.keys(LOCKOUTS).filter((_, index) => index % 2 === NAMES.indexOf(name));
  test.each(half)('%s', async (which) => {
    const lockout = LOCKOUTS[which] ?? { lines: [], plan: 'warns' };
    await tryCell({ suite: 'Lockouts', cell: `${which}, ${name}` }, async () => {
      const own = partsOf(lockout.own === undefined ? [] : [lockout.own]);
      await sh(lockout.first ?? ':');
      await scenario.apply(own);
      await scenario.refresh();
      await sh(lockout.hand ?? ':');
      const before = await state();
      expect(await getsIn(run.lab, name)).toBe(true);

      const careful = new LabScenario(run.lab, name, {}, scenario.kept);
      const planned = careful.plan(partsOf(lockout.lines));
      if (lockout.plan === 'refuses')
        expect(await errorOf(planned)).toMatchObject({ problems: [{ code: 'lockout' }] });
      else expect((await planned).notes.map(({ summary }) => summary).join()).toMatch(/cannot be told/);
      await careful.close();

      const started = performance.now();
      const error = await errorOf(scenario.applyOnly(partsOf(lockout.lines)));
      const seconds = (performance.now() - started) / 1000;
      expect(error).toMatchObject({ name: 'ApplyFailed' });
      expect(String(error)).toMatch(
        /the apply was rolled back at .*: no new SSH connection could be made|nobody confirmed it/,
      );
      expect(await getsIn(run.lab, name)).toBe(true);
      expect(await state()).toEqual(before);
      expect(await sh('ls /run/gatewright')).toBe('lock\n');

      const again = new LabScenario(run.lab, name, { allowLockout: true }, scenario.kept);
      expect(await again.refresh()).toEqual(own);
      await again.apply(partsOf(lockout.own === undefined ? [CONNTRACK] : [lockout.own, CONNTRACK]));
      await again.close();
      return { 'rolled back after s': Math.round(seconds) };
    });
  });
});
