// Each rule of ours in turn is deleted, altered, moved and duplicated by hand, each chain flushed and removed: the exact lines, and the repair.
import { beforeEach, describe, expect, test } from 'vitest';
import { PARTS, Scenario } from './scenario';

const MARK = '-m comment --comment "gatewright:default"';

/** Every rule: where it stands, its line, and how the host saves it. */
const RULES: readonly { chain: string; part: string; line: number; saved: string }[] = [
  { chain: 'GW-MARK-MASQ', part: '10-host', line: 3, saved: '-j MARK --set-xmark 0x4000/0x4000' },
  { chain: 'PREROUTING', part: '10-host', line: 4, saved: `${MARK} -j GW-SERVICES` },
  { chain: 'POSTROUTING', part: '10-host', line: 5, saved: `-s 192.168.1.6/32 ${MARK} -j MASQUERADE` },
  {
    chain: 'POSTROUTING',
    part: '10-host',
    line: 6,
    saved: `-m mark --mark 0x4000/0x4000 ${MARK} -j MASQUERADE`,
  },
  {
    chain: 'GW-SERVICES',
    part: '50-service web',
    line: 2,
    saved: '-d 10.100.100.1/32 -p tcp -m tcp --dport 7070 -j GW-SVC-WEB',
  },
  {
    chain: 'GW-SVC-WEB',
    part: '50-service web',
    line: 3,
    saved: '-m statistic --mode random --probability 0.50000000000 -j GW-SEP-A',
  },
  { chain: 'GW-SVC-WEB', part: '50-service web', line: 4, saved: '-j GW-SEP-B' },
  {
    chain: 'GW-SEP-A',
    part: '50-service web',
    line: 5,
    saved: '-p tcp -j DNAT --to-destination 10.5.75.2:3000',
  },
  {
    chain: 'GW-SEP-B',
    part: '50-service web',
    line: 6,
    saved: '-p tcp -j DNAT --to-destination 10.5.88.2:3000',
  },
  { chain: 'GW-SERVICES', part: '90-last', line: 1, saved: '-m addrtype --dst-type LOCAL -j RETURN' },
];

const CHAINS = [...new Set(RULES.map(({ chain }) => chain))].filter((chain) => chain.startsWith('GW-'));

let scenario: Scenario;
let clean: string;
beforeEach(async () => {
  scenario = new Scenario();
  scenario.byHand('-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE');
  await scenario.apply(PARTS);
  clean = scenario.host.state();
});

/** PARTS less these lines; a part that then declares nothing is left out. */
function without(...gone: readonly { part: string; line: number }[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(PARTS).flatMap(([name, text]) => {
      const left = text
        .split('\n')
        .filter((_, index) => !gone.some((g) => g.part === name && g.line === index + 1));
      return left.some((line) => line !== '' && !line.startsWith('#')) ? [[name, left.join('\n')]] : [];
    }),
  );
}

async function expectRepair(): Promise<void> {
  expect(await scenario.wording(PARTS)).toBe('declared');
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
}

describe.each(RULES)('$chain $saved', ({ chain, part, line, saved }) => {
  test('deleted', async () => {
    scenario.byHand(`-D ${chain} ${saved}`);
    expect(await scenario.refresh()).toEqual(without({ part, line }));
    await expectRepair();
    expect(scenario.host.state()).toBe(clean);
  });

  test('altered', async () => {
    const position = (scenario.rulesOf(chain) ?? []).indexOf(saved) + 1;
    const other = `-s 203.0.113.9/32 ${saved.replace(/^-s \S+ /, '')}`;
    scenario.byHand(`-D ${chain} ${saved}`, `-I ${chain} ${position} ${other}`);
    const refreshed = await scenario.refresh();
    const { '~unexpected': unexpected, ...parts } = refreshed;
    expect(parts).toEqual(without({ part, line }));
    expect(unexpected?.replaceAll("'", '"')).toBe(`iptables -t nat -A ${chain} ${other}\n`);
    await expectRepair();
    expect(scenario.host.state()).toBe(clean);
  });

  test('duplicated', async () => {
    scenario.byHand(`-A ${chain} ${saved}`);
    const { '~unexpected': unexpected, ...parts } = await scenario.refresh();
    expect(parts).toEqual(PARTS);
    expect(unexpected?.replaceAll("'", '"')).toBe(`iptables -t nat -A ${chain} ${saved}\n`);
    await expectRepair();
    expect(scenario.rulesOf(chain)?.filter((text) => text === saved)).toEqual([saved]);
  });
});

describe.each([
  {
    chain: 'GW-SVC-WEB',
    part: '50-service web',
    lines: {
      3: 'iptables -t nat -A GW-SVC-WEB -j GW-SEP-B',
      4: 'iptables -t nat -A GW-SVC-WEB -m statistic --mode random --probability 0.5 -j GW-SEP-A',
    },
  },
  {
    chain: 'POSTROUTING',
    part: '10-host',
    // The one slot is of -I, the other of -A: so they mean what is live.
    lines: {
      5: 'iptables -t nat -I POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE',
      6: 'iptables -t nat -A POSTROUTING -s 192.168.1.6/32 -j MASQUERADE',
    },
  },
])('the two rules of $chain that one part declares', ({ chain, part, lines }) => {
  test('that changed places stand as they are live', async () => {
    const [first = '', second = ''] = RULES.filter((rule) => rule.chain === chain).map(({ saved }) => saved);
    scenario.byHand(`-D ${chain} ${first}`, `-A ${chain} ${first}`);
    const text = (PARTS[part] ?? '').split('\n');
    for (const [line, moved] of Object.entries(lines)) text[Number(line) - 1] = moved;
    expect(await scenario.refresh()).toEqual({ ...PARTS, [part]: text.join('\n') });
    await expectRepair();
    expect(scenario.rulesOf(chain)?.filter((rule) => [first, second].includes(rule))).toEqual([
      first,
      second,
    ]);
  });
});

describe.each(CHAINS)('the chain %s', (chain) => {
  test('flushed', async () => {
    scenario.byHand(`:${chain} - [0:0]`);
    expect(await scenario.refresh()).toEqual(without(...RULES.filter((rule) => rule.chain === chain)));
    await expectRepair();
    expect(scenario.host.state()).toBe(clean);
  });

  test('removed, with the rules that use it', async () => {
    const users = RULES.filter(({ saved }) => saved.endsWith(`-j ${chain}`));
    scenario.byHand(
      `:${chain} - [0:0]`,
      ...users.map((rule) => `-D ${rule.chain} ${rule.saved}`),
      `-X ${chain}`,
    );
    const declared = chain === 'GW-MARK-MASQ' ? [{ part: '10-host', line: 2 }] : [];
    const gone = [...users, ...declared, ...RULES.filter((rule) => rule.chain === chain)];
    expect(await scenario.refresh()).toEqual(without(...gone));
    await expectRepair();
    expect(scenario.rulesOf(chain)).toEqual(
      RULES.filter((rule) => rule.chain === chain).map(({ saved }) => saved),
    );
  });
});
