// The loader on hosts without systemd, as their own start would run it: what it brings, what it leaves, and what it says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import type { ShellName } from '../contract/lab-subject';
import { LabSubject } from '../contract/lab-subject';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { ipStateOf } from './fixtures/ip-state';
import { type BootStage, GENERATION, keepGeneration, load, mustExec } from './fixtures/kept-generation';

const links = { eth0: { network: 'lan', addresses: ['182.16.100.1/24'] } };
const run = labForFile({
  hosts: {
    dash: { kind: 'namespace', iptables: 'nft', links },
    bash: { kind: 'namespace', iptables: 'legacy', links: { eth0: { ...links.eth0, network: 'lan2' } } },
    busybox: { kind: 'namespace', iptables: 'legacy', links: { eth0: { ...links.eth0, network: 'lan3' } } },
  },
});

const PARTS: Parts = {
  '10-host': lines(
    'sysctl net.ipv4.ip_forward=1',
    'sysctl net.ipv4.conf.eth0.rp_filter=2',
    'ip addr add 182.16.100.101/24 dev eth0',
    'ip -6 addr add fd00:96::a/64 nodad dev eth0',
    'ip route add 10.41.0.0/16 via 182.16.100.9 dev eth0',
    'ip route add 10.42.0.0/16 via 182.16.100.9',
    'ip -6 route add fd00:41::/64 via fd00:96::9 src fd00:96::a',
    'ip rule add pref 80 fwmark 0x8 lookup 80',
  ),
  '20-sets': lines(
    'ipset create CLIENTS hash:net',
    'ipset add CLIENTS 10.40.0.0/16',
    'ipset create WEB hash:ip,port comment',
    'ipset add WEB 192.0.2.1,https comment "the shop"',
    'ipset create ALL list:set',
    'ipset add ALL WEB',
    'ipset add ALL CLIENTS before WEB',
    'ipset add THEIRS 10.9.0.0/16',
  ),
  '40-rules': lines(
    'iptables -t nat -A POSTROUTING -m set --match-set CLIENTS src -j MASQUERADE',
    'iptables -I FORWARD -s 192.0.2.4 -m comment --comment "it\'s a \\"quoted\\" one" -j DROP',
    'iptables -I FORWARD -s 192.0.2.5 -j DROP',
    'iptables -A FORWARD -j GW-FORWARD',
    'iptables -A GW-FORWARD -m set ! --match-set CLIENTS src -j GW-EMPTY',
    'iptables -N GW-EMPTY',
    'iptables -A OTHERS -s 192.0.2.6 -j ACCEPT',
    'iptables -P FORWARD DROP',
    'ip6tables -A FORWARD -j GW-FORWARD',
    'ip6tables -A GW-FORWARD -s fd00::7 -j ACCEPT',
  ),
};

/** Nothing of forwarding is declared. */
const CLOSED: Parts = {
  '20-sets': 'ipset create CLIENTS hash:net\n',
  '40-rules': 'iptables -A FORWARD -m set --match-set CLIENTS src -j DROP\n',
};

const FOREIGN_RULES = lines(
  '*filter',
  ':OTHERS - [0:0]',
  '-A FORWARD -j OTHERS',
  '-A OTHERS -s 192.0.2.60/32 -j DROP',
  'COMMIT',
  '*nat',
  '-A POSTROUTING -s 192.0.2.61/32 -j ACCEPT',
  'COMMIT',
);
const FOREIGN_SETS = lines('create THEIRS hash:net', 'add THEIRS 10.8.0.0/16');

/** Both families, sets, links and all that hangs on them, and the two sysctls. */
async function stateOf(host: string): Promise<readonly string[]> {
  const program =
    'iptables-save; ip6tables-save; ipset save; cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/eth0/rp_filter';
  const saved = await mustExec(run.lab, host, ['sh', '-ec', program]);
  const rest = saved
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/ (hashsize|bucketsize|initval) \S+/g, '').replace(/\[.*\]/, ''));
  return [...rest, ...(await ipStateOf(run.lab, host))];
}

describe.each<ShellName>(['dash', 'bash', 'busybox'])('where sh is %s', (host) => {
  let subject: LabSubject;
  const hand = (argv: readonly string[], stdin = ''): Promise<string> => mustExec(run.lab, host, argv, stdin);
  const boot = async (): Promise<void> => {
    for (const stage of ['rules', 'network'] as const)
      expect(await load(run.lab, host, stage)).toEqual({ exitCode: 0, words: '' });
  };

  beforeAll(async () => {
    subject = await LabSubject.open(run.lab, host, host);
  });
  afterAll(() => {
    subject.close();
  });
  beforeEach(async () => {
    await subject.reset();
    await hand([
      'sh',
      '-c',
      'ipset flush; ipset destroy; ip addr flush dev eth0; ip addr add 182.16.100.1/24 dev eth0',
    ]);
    await hand(['sh', '-c', 'ip rule del pref 80; echo 0 > /proc/sys/net/ipv4/conf/eth0/rp_filter']);
    await hand(['iptables-restore', '--noflush'], FOREIGN_RULES);
    await hand(['ipset', 'restore'], FOREIGN_SETS);
    await keepGeneration(run.lab, host, { parts: PARTS });
  });

  test('all that is declared is there, what others have stays, and a second run changes nothing', async () => {
    await boot();
    const once = await stateOf(host);
    expect(once).toEqual(
      expect.arrayContaining([
        '-A FORWARD -s 192.0.2.5/32 -m comment --comment "gatewright:default" -j DROP',
        '-A OTHERS -s 192.0.2.60/32 -j DROP',
        '-A OTHERS -s 192.0.2.6/32 -m comment --comment "gatewright:default" -j ACCEPT',
        '-A GW-FORWARD -s fd00::7/128 -j ACCEPT',
        'add WEB 192.0.2.1,tcp:443 comment "the shop"',
        'add THEIRS 10.8.0.0/16',
        'add THEIRS 10.9.0.0/16',
        'addr add 182.16.100.101/24 scope 0 dev eth0',
        '-6 route add unicast fd00:41::/64 via fd00:96::9 dev eth0 table 254 proto 3 scope 0 src fd00:96::a metric 1024',
        'rule add pref 80 from all fwmark 0x8 lookup 80',
        '1',
        '2',
      ]),
    );
    expect(
      once.filter((line) => line.startsWith('-A FORWARD')).map((line) => / -s \S+| -j \S+$/.exec(line)?.[0]),
    ).toEqual([' -s 192.0.2.5/32', ' -s 192.0.2.4/32', ' -j OTHERS', ' -j GW-FORWARD', ' -j GW-FORWARD']);
    expect(once.filter((line) => line.startsWith('add ALL'))).toEqual(['add ALL CLIENTS', 'add ALL WEB']);
    await boot();
    expect(await stateOf(host)).toEqual(once);
    expect((await subject.runFiles()).filter((name) => name.startsWith('load-'))).toEqual([]);
  });

  test('what another program had saved of an older state of ours is brought to this one', async () => {
    await boot();
    const once = await stateOf(host);
    const mark = '-m comment --comment "gatewright:default"';
    await hand(
      ['iptables-restore', '--noflush'],
      lines(
        '*filter',
        ':GW-OLD - [0:0]',
        ':GW-FORWARD - [0:0]',
        `-D FORWARD -s 192.0.2.5/32 ${mark} -j DROP`,
        `-A FORWARD ${mark} -j GW-OLD`,
        '-A GW-OLD -s 192.0.2.9/32 -j DROP',
        'COMMIT',
        '*nat',
        `-A PREROUTING -s 192.0.2.9/32 ${mark} -j ACCEPT`,
        'COMMIT',
      ),
    );
    await hand(
      ['ipset', 'restore'],
      'del WEB 192.0.2.1,443\nadd WEB 192.0.2.2,443\ndel ALL CLIENTS\nadd ALL CLIENTS\n',
    );
    await hand(['ip', 'route', 'replace', '10.41.0.0/16', 'via', '182.16.100.8', 'dev', 'eth0']);
    await boot();
    expect((await stateOf(host)).filter((line) => line !== '')).toEqual(once);
  });

  test('a chain with our prefix that a rule of others uses is emptied and stays', async () => {
    await hand(
      ['iptables-restore', '--noflush'],
      lines(
        '*filter',
        ':GW-OLD - [0:0]',
        '-A GW-OLD -s 192.0.2.9/32 -j DROP',
        '-A OTHERS -j GW-OLD',
        'COMMIT',
      ),
    );
    await boot();
    const state = await stateOf(host);
    expect(state.filter((line) => line.includes('GW-OLD'))).toEqual([':GW-OLD - ', '-A OTHERS -j GW-OLD']);
  });

  test('what is of others and not there yet is waited for, and comes when it is there', async () => {
    await hand([
      'sh',
      '-ec',
      'ipset destroy THEIRS; iptables -F OTHERS; iptables -D FORWARD -j OTHERS; iptables -X OTHERS',
    ]);
    const { exitCode, words } = await load(run.lab, host, 'rules');
    expect(words).toBe(
      'gatewright: scope default: waits for set THEIRS\ngatewright: scope default: waits for chain ipv4 filter OTHERS\n',
    );
    expect(exitCode).toBe(0);
    expect(await stateOf(host)).toContain(':GW-FORWARD - ');
    expect((await load(run.lab, host, 'late')).exitCode).toBe(1);
    await hand(['ipset', 'restore'], FOREIGN_SETS);
    await hand(['iptables-restore', '--noflush'], FOREIGN_RULES);
    expect(await load(run.lab, host, 'late')).toEqual({ exitCode: 0, words: '' });
    const state = await stateOf(host);
    expect(state).toContain('add THEIRS 10.9.0.0/16');
    expect(state).toContain('-A OTHERS -s 192.0.2.6/32 -m comment --comment "gatewright:default" -j ACCEPT');
  });

  test('what is refused is said, and all else is loaded', async () => {
    await hand(['sh', '-ec', BREAKING, 'sh', `${GENERATION}/boot/default`]);
    const { exitCode, words } = await load(run.lab, host, 'rules');
    expect(exitCode).toBe(1);
    expect(words).toContain('iptables -t filter -A GW-FORWARD -j NOSUCH');
    expect(words).toContain('ipset restore: ');
    const network = await load(run.lab, host, 'network');
    expect(network.exitCode).toBe(1);
    expect(network.words).toContain('ip route replace unicast 10.9.0.0/16 via 203.0.113.1');
    expect(network.words).toContain('sysctl net/ipv4/nosuch is not there');
    const state = await stateOf(host);
    expect(state).toEqual(
      expect.arrayContaining([
        '-A FORWARD -s 192.0.2.4/32 -m comment --comment "it\\\'s a \\"quoted\\" one" -m comment --comment "gatewright:default" -j DROP',
        '-A GW-FORWARD -m set ! --match-set CLIENTS src -j GW-EMPTY',
        'add WEB 192.0.2.1,tcp:443 comment "the shop"',
        'addr add 182.16.100.101/24 scope 0 dev eth0',
        'route add unicast 10.42.0.0/16 via 182.16.100.9 dev eth0 table 254 proto 3 scope 0',
        '1',
      ]),
    );
  });

  describe('with fail-closed', () => {
    const forwarding = (): Promise<string> => hand(['cat', '/proc/sys/net/ipv4/ip_forward']);
    const setForwarding = (value: string): Promise<string> =>
      hand(['sh', '-c', `echo ${value} > /proc/sys/net/ipv4/ip_forward`]);
    const stages = async (...names: readonly BootStage[]): Promise<readonly (number | undefined)[]> => {
      const codes: (number | undefined)[] = [];
      for (const name of names) codes.push((await load(run.lab, host, name)).exitCode);
      return codes;
    };

    beforeEach(async () => {
      await setForwarding('0');
      await keepGeneration(run.lab, host, { parts: CLOSED, persist: 'fail-closed' });
    });

    test('the host gets the forwarding that others have set, also between our sets and our rules', async () => {
      expect(await stages('sets')).toEqual([0]);
      await setForwarding('1');
      expect(await stages('rules')).toEqual([0]);
      expect(await forwarding()).toBe('0\n');
      expect(await stages('network')).toEqual([0]);
      expect(await forwarding()).toBe('1\n');
    });

    test('it does not forward as long as anything is not loaded, whichever stage is run again', async () => {
      await setForwarding('1');
      await hand([
        'sed',
        '-i',
        's/^-A FORWARD .*/&\\n-A FORWARD -j NOSUCH/',
        `${GENERATION}/boot/default/ipv4`,
      ]);
      expect(await stages('rules', 'network', 'sets', 'network', 'late')).toEqual([1, 1, 0, 1, 1]);
      expect(await forwarding()).toBe('0\n');
      await hand(['sed', '-i', '/NOSUCH/d', `${GENERATION}/boot/default/ipv4`]);
      expect(await stages('network')).toEqual([0]);
      expect(await forwarding()).toBe('1\n');
      expect(await hand(['sh', '-c', 'ls /run/gatewright/boot | grep left || :'])).toBe('');
    });
  });

  test('nothing is loaded over an apply that is not confirmed', async () => {
    await hand([
      'sh',
      '-c',
      'mkdir -p /run/gatewright && ln -s work-1 /run/gatewright/armed && mkdir /run/gatewright/work-1',
    ]);
    expect(await load(run.lab, host, 'rules')).toEqual({
      exitCode: 1,
      words: 'gatewright: an apply is not confirmed yet, so nothing is loaded over it\n',
    });
  });
});

/** In each file one line that its tool refuses. */
const BREAKING = `
cd "$1"
sed -i 's/^-A GW-FORWARD .*GW-EMPTY$/&\\n-A GW-FORWARD -j NOSUCH/' ipv4
echo 'add WEB 192.0.2.1' >> ipset
echo 'route add unicast 10.9.0.0/16 via 203.0.113.1 table 254 proto 3 scope 0' >> ip
echo 'net/ipv4/nosuch 1' >> sysctls
`;

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
