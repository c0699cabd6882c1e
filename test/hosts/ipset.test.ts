// Sets on real hosts over SSH: drift by hand is shown and repaired, others' sets stay, packets never meet an empty set, and 100,000 members cost what one costs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refused } from '../../lib/converge/errors';
import { InvalidInput } from '../../lib/model/errors';
import { LabSubject } from '../contract/lab-subject';
import { errorOf } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { LabScenario } from './fixtures/lab-scenario';

const links = { eth0: { network: 'lan' } };
const run = labForFile({
  hosts: {
    nft: { kind: 'namespace', iptables: 'nft', links },
    legacy: { kind: 'namespace', iptables: 'legacy', links },
    modules: { kind: 'kernel', links },
  },
});

const FOREIGN =
  'create THEIRS hash:net timeout 0\nadd THEIRS 10.0.0.0/8\ncreate fail2ban hash:ip timeout 600\n';

class SetHost {
  private constructor(readonly subject: LabSubject) {}

  static async open(name: string): Promise<SetHost> {
    return new SetHost(await LabSubject.open(run.lab, name));
  }

  async reset(): Promise<LabScenario> {
    await this.subject.reset();
    await this.subject.exec(['sh', '-ec', 'ipset flush; ipset destroy; ipset restore'], FOREIGN);
    return new LabScenario(run.lab, this.subject.name);
  }

  hand(...lines: readonly string[]): Promise<string> {
    return this.subject.exec(['ipset', 'restore'], lines.map((line) => `${line}\n`).join(''));
  }

  /** Without what the kernel makes up. */
  async saved(): Promise<readonly string[]> {
    const text = await this.subject.exec(['ipset', 'save']);
    const lines = text.split('\n').filter((line) => line !== '');
    return lines
      .map((line) =>
        line.replace(/ (hashsize|bucketsize|initval) \S+/g, '').replace(/ timeout [1-9]\d*/, ' timeout N'),
      )
      .sort();
  }
}

const WEB = [
  'ipset create WEB hash:ip,port comment',
  'ipset add WEB 192.0.2.1,https comment "the shop"',
  'ipset add WEB 192.0.2.1,icmp:8/0',
  'ipset create BLOCKED hash:net',
  'ipset add BLOCKED 203.0.113.5/24',
  'ipset add BLOCKED 198.51.100.0-198.51.100.2 nomatch',
  'ipset create ALL list:set',
  'ipset add ALL BLOCKED',
  'ipset add ALL WEB',
  'iptables -A INPUT -m set --match-set WEB dst,dst -j ACCEPT',
  'iptables -t nat -A GW-X -m set --match-set ALL src -j RETURN',
];
const PARTS = { '20-web': `${WEB.join('\n')}\n` };
const without = (...left: readonly string[]): string =>
  `${WEB.filter((line) => !left.includes(line)).join('\n')}\n`;

describe.each(['nft', 'legacy'])('on a host with iptables-%s', (name) => {
  let host: SetHost;
  let scenario: LabScenario;

  beforeAll(async () => {
    host = await SetHost.open(name);
  });
  beforeEach(async () => {
    scenario = await host.reset();
  });
  afterAll(() => {
    host.subject.close();
  });

  test('what is declared is made, means the same when it is read, and goes again without a trace', async () => {
    const before = await host.saved();
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await scenario.wording(PARTS)).toBe('prior');
    await scenario.destroy();
    expect(await host.saved()).toEqual(before);
    expect(await host.subject.runFiles()).toEqual(['lock']);
  });

  test.each<readonly [what: string, hand: readonly string[], shown: Readonly<Record<string, string>>]>([
    ['a member that is gone', ['del BLOCKED 203.0.113.0/24'], { '20-web': without(WEB[4] ?? '') }],
    [
      'a member by another hand',
      ['add WEB 203.0.113.9,udp:53'],
      { ...PARTS, '~unexpected': 'ipset add WEB 203.0.113.9,udp:53\n' },
    ],
    [
      'an option of a member',
      ['del BLOCKED 203.0.113.0/24', 'add BLOCKED 203.0.113.0/24 nomatch'],
      { '20-web': PARTS['20-web'].replace(WEB[4] ?? '', 'ipset add BLOCKED 203.0.113.0/24 nomatch') },
    ],
    [
      'an option of the set',
      [
        'create X hash:net maxelem 9',
        'add X 203.0.113.0/24',
        'add X 198.51.100.0/31 nomatch',
        'add X 198.51.100.2 nomatch',
        'swap X BLOCKED',
        'destroy X',
      ],
      { '20-web': PARTS['20-web'].replace(WEB[3] ?? '', 'ipset create BLOCKED hash:net maxelem 9') },
    ],
    [
      'the order of a list',
      ['del ALL BLOCKED', 'add ALL BLOCKED'],
      { '20-web': PARTS['20-web'].replace(WEB[7] ?? '', 'ipset add ALL BLOCKED after WEB') },
    ],
  ])('%s is shown as its line, and repaired', async (_what, hand, shown) => {
    await scenario.apply(PARTS);
    const good = await host.saved();
    await host.hand(...hand);
    const refreshed = await scenario.refresh();
    expect(refreshed['~unexpected']).toBe(shown['~unexpected']);
    expect(changedLines(refreshed['20-web'] ?? '')).toEqual(changedLines(shown['20-web'] ?? ''));
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await host.saved()).toEqual(good);
  });

  test('the sets of others, and what rules put into ours for a time, are no drift', async () => {
    const parts = { a: 'ipset create SEEN hash:ip timeout 600\nipset add SEEN 192.0.2.1 timeout 0' };
    await scenario.apply(parts);
    await host.hand(
      'add fail2ban 203.0.113.7',
      'del THEIRS 10.0.0.0/8',
      'create another hash:net',
      'add SEEN 203.0.113.7',
    );
    expect(await scenario.refresh()).toEqual(parts);
    const wider = { a: parts.a.replace('timeout 600', 'maxelem 100 timeout 600') };
    await scenario.apply(wider);
    expect(await host.saved()).toContain('add SEEN 203.0.113.7 timeout N');
    expect(await scenario.refresh()).toEqual(wider);
    await scenario.destroy();
    expect((await host.saved()).filter((line) => line.includes('SEEN'))).toEqual([]);
    expect(await host.saved()).toContain('add fail2ban 203.0.113.7 timeout N');
  });

  test('members of ours in a set of others come and go, and its own stay', async () => {
    const before = await host.saved();
    const parts = { a: 'ipset add THEIRS 192.0.2.0/24' };
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    expect(await host.saved()).toEqual([...before, 'add THEIRS 192.0.2.0/24 timeout 0'].sort());
    await scenario.destroy();
    expect(await host.saved()).toEqual(before);
  });

  test('what the host would refuse fails the plan, with part and line, and the host is as it was', async () => {
    const before = await host.saved();
    for (const [lines, problem] of [
      ['ipset create S hash:ip\nipset add S 192.0.2.1,80', { code: 'bad-member', at: 'part "a", line 2' }],
      [
        'ipset create S hash:ip\niptables -A INPUT -m set --match-set s src -j DROP',
        { code: 'unknown-set', at: 'part "a", line 2' },
      ],
      ['ipset add THEIRS 192.0.2.1,80', { code: 'bad-member', at: 'part "a", line 1' }],
      ['ipset create THEIRS hash:ip', { code: 'foreign-entry', at: 'part "a", line 1' }],
      ['\nipset create M hash:mac', { code: 'refused-by-host', at: 'part "a", line 2' }],
    ] as const) {
      const error = await errorOf(scenario.plan({ a: lines }));
      expect(error).toBeInstanceOf(InvalidInput);
      expect(error).toMatchObject({ problems: [problem] });
    }
    expect(await host.saved()).toEqual(before);
  });

  test('a set that a rule of others names does not go', async () => {
    await scenario.apply(PARTS);
    await scenario.refresh();
    await host.subject.hand('*filter\n-A INPUT -m set --match-set WEB src,dst -j DROP\nCOMMIT\n');
    const error = await errorOf(
      scenario.engine.planDestroy(scenario.target, { parts: PARTS }, scenario.memory),
    );
    expect(error).toBeInstanceOf(Refused);
    expect(String(error)).toContain('iptables -t filter -A INPUT -m set --match-set WEB src,dst -j DROP');
    await host.subject.hand('*filter\n-D INPUT -m set --match-set WEB src,dst -j DROP\nCOMMIT\n');
  });

  test('packets find their set at every moment of another option, of other members, and of another type', async () => {
    const rules = [
      'iptables -I OUTPUT -d 127.0.0.9 -m set --match-set PEERS dst -j ACCEPT',
      'iptables -t mangle -A GW-SEEN -m set --match-set PEERS dst -j RETURN',
    ];
    const others = Array.from(
      { length: 300 },
      (_, index) => `ipset add PEERS 10.9.${index >> 8}.${index & 255}`,
    );
    const parts = (create: string, ...members: readonly string[]): { a: string } => ({
      a: [create, ...members, ...rules].join('\n'),
    });
    const member = 'ipset add PEERS 127.0.0.9';
    await scenario.apply(parts('ipset create PEERS hash:ip', member, ...others));
    // What our rule at the head does not take is counted here.
    await host.subject.hand('*filter\n-A OUTPUT -d 127.0.0.9/32 -j DROP\nCOMMIT\n');
    const traffic = await startTraffic(host.subject);
    for (const next of [
      parts('ipset create PEERS hash:ip maxelem 1000', member, ...others),
      parts('ipset create PEERS hash:ip maxelem 1000', member),
      parts('ipset create PEERS hash:net', 'ipset add PEERS 127.0.0.0/28', ...others),
      parts('ipset create PEERS hash:ip', member, ...others),
    ]) {
      const before = await traffic.sent();
      await scenario.refresh();
      await scenario.apply(next);
      expect(await scenario.refresh()).toEqual(next);
      expect(await traffic.sent()).toBeGreaterThan(before);
    }
    await traffic.stop();
    const counted = /^\[(\d+):\d+\] -A OUTPUT -d 127\.0\.0\.9\/32 -j DROP$/m.exec(
      await host.subject.exec(['iptables-save', '-c']),
    );
    expect(counted?.[1]).toBe('0');
  });
});

test('one member of 100,000 sends that member, and a refresh takes seconds', async () => {
  const host = await SetHost.open('nft');
  const scenario = await host.reset();
  const members = Array.from({ length: 100_000 }, (_, index) => {
    const [a, b, c] = [index >> 16, (index >> 8) & 255, index & 255];
    return `ipset add MANY 10.${a}.${b}.${c}`;
  });
  const create = 'ipset create MANY hash:ip maxelem 131072';
  const parts = { a: create, b: members.slice(1).join('\n') };
  const started = Date.now();
  await scenario.applyOnly(parts);
  const applied = Date.now();
  expect(await scenario.refresh()).toEqual(parts);
  const refreshed = Date.now();
  const more = { ...parts, c: 'ipset add MANY 192.0.2.1' };
  await scenario.plan(more);
  const planned = Date.now();
  await host.subject.exec(['sh', '-ec', COUNT_LINES]);
  await scenario.applyOnly(more);
  const ended = Date.now();
  expect(await host.subject.exec(['cat', '/tmp/ipset.lines'])).toBe('add MANY 192.0.2.1 -exist\n');
  await host.subject.exec(['rm', '/usr/local/sbin/ipset', '/tmp/ipset.lines']);
  await host.hand('del MANY 10.1.0.0');
  const gone = await scenario.refresh();
  expect(gone['b']?.split('\n')).toHaveLength(99_998);
  await scenario.destroy();
  host.subject.close();
  console.info(
    `100,000 members: first apply ${applied - started} ms, refresh ${refreshed - applied} ms, ` +
      `plan of one more ${planned - refreshed} ms, apply of one more ${ended - planned} ms`,
  );
});

test('a kernel with modules loads what the types need, and holds types that the others lack', async () => {
  const host = await SetHost.open('modules');
  const scenario = await host.reset();
  const parts = {
    a: [
      'ipset create MACS hash:mac',
      'ipset add MACS 2:0:5e:10:0:a',
      'ipset create PAIRS hash:ip,mac',
      'ipset add PAIRS 192.0.2.1,02:00:5e:10:00:01',
      'ipset create MARKS hash:ip,mark markmask 0xff',
      'ipset add MARKS 192.0.2.1,0x110',
      'ipset create NETS hash:net,net',
      'ipset add NETS 10.1.2.3/8,192.0.2.1',
      'ipset create THREE hash:net,port,net family inet6',
      'ipset add THREE 2001:db8::1/32,https,::/0',
      'ipset create PORTS bitmap:port range 0-1023 timeout 600',
      'ipset add PORTS https timeout 0',
      'iptables -A INPUT -m set --match-set NETS src,dst -j ACCEPT',
    ].join('\n'),
  };
  await scenario.apply(parts);
  expect(await scenario.refresh()).toEqual(parts);
  expect(await scenario.wording(parts)).toBe('prior');
  const modules = await host.subject.exec(['sh', '-c', 'ls /sys/module']);
  expect(modules).toMatch(/^ip_set_hash_netportnet$/m);
  expect(modules).toMatch(/^xt_set$/m);
  await scenario.destroy();
  expect(await host.saved()).toEqual(expect.not.arrayContaining([expect.stringContaining('MACS')]));
  host.subject.close();
});

/** Keeps what `ipset restore` is given in the host's own network namespace; a proof runs in another. */
const COUNT_LINES = `
readlink /proc/self/ns/net > /tmp/ipset.ns
cat > /usr/local/sbin/ipset <<'END'
#!/bin/sh
case " $* " in *" restore "*) ;; *) exec /usr/sbin/ipset "$@" ;; esac
[ "$(readlink /proc/self/ns/net)" = "$(cat /tmp/ipset.ns)" ] || exec /usr/sbin/ipset "$@"
tee -a /tmp/ipset.lines | /usr/sbin/ipset "$@"
END
chmod 755 /usr/local/sbin/ipset
`;

interface Traffic {
  sent(): Promise<number>;
  stop(): Promise<void>;
}

/** Sends packets to 127.0.0.9 on the host as fast as a shell can. */
async function startTraffic(subject: LabSubject): Promise<Traffic> {
  const loop =
    'n=0; while [ -e /tmp/traffic ]; do echo > /dev/udp/127.0.0.9/9; n=$((n + 1)); echo $n > /tmp/sent; done; echo end > /tmp/ended';
  const start = `rm -f /tmp/ended; : > /tmp/traffic; echo 0 > /tmp/sent; setsid bash -c '${loop}' < /dev/null > /dev/null 2>&1 &`;
  await subject.exec(['bash', '-c', start]);
  const until = (condition: string): Promise<string> =>
    subject.exec(['sh', '-c', `until ${condition}; do sleep 0.02; done`]);
  return {
    sent: async () => {
      await until('[ -s /tmp/sent ]');
      return Number(
        await subject.exec(['sh', '-c', 'n=; until [ -n "$n" ]; do n=$(cat /tmp/sent); done; echo "$n"']),
      );
    },
    stop: async () => {
      await subject.exec(['rm', '/tmp/traffic']);
      await until('[ -e /tmp/ended ]');
    },
  };
}

/** Lines that differ from the declared ones. */
function changedLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !WEB.includes(line));
}
