// Sets and members under the engine, on the host in memory: drift, ownership, rebuilding by swap, another type while rules name another set.
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/model/errors';
import { Refused } from '../../lib/converge/errors';
import { printMemberOptions } from '../../lib/syntax/ipset/restore-lines';
import { errorOf, Scenario } from './scenario';

const WEB = [
  'ipset create WEB hash:ip,port comment',
  'ipset add WEB 192.0.2.1,https comment "the shop"',
  'ipset add WEB 192.0.2.1,80-81',
  'iptables -A INPUT -m set --match-set WEB dst,dst -j ACCEPT',
];
const PARTS = { '20-web': `${WEB.join('\n')}\n` };
const LIVE = [
  'add WEB 192.0.2.1,tcp:443 comment "the shop"',
  'add WEB 192.0.2.1,tcp:80',
  'add WEB 192.0.2.1,tcp:81',
  'create WEB hash:ip,port comment',
];
const FOREIGN = ['create THEIRS hash:net', 'add THEIRS 10.0.0.0/8', 'create fail2ban hash:ip timeout 600'];

function newScenario(...byHand: readonly string[]): Scenario {
  const scenario = new Scenario();
  hand(scenario, ...byHand);
  return scenario;
}

function hand({ host }: Scenario, ...lines: readonly string[]): void {
  host.subsystems.ipset.run(lines.map((line) => `${line}\n`).join(''));
}

function liveOf({ host }: Scenario): readonly string[] {
  return host.subsystems.ipset
    .fingerprints()
    .filter((print) => !print.includes(' anyhow'))
    .sort();
}

test('are made, and removed again with those of others left as they were', async () => {
  const scenario = newScenario(...FOREIGN);
  await scenario.apply(PARTS);
  expect(liveOf(scenario)).toEqual([...LIVE, ...FOREIGN].sort());
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
  expect(await scenario.destroy()).toEqual([]);
  expect(liveOf(scenario)).toEqual([...FOREIGN].sort());
  expect(scenario.host.manifest).toBeUndefined();
});

test('another wording of the same members means the same', async () => {
  const scenario = newScenario();
  await scenario.apply(PARTS);
  await scenario.refresh();
  const other = PARTS['20-web']
    .replace(',80-81', ',tcp:80\nipset add WEB 192.0.2.1,tcp:81')
    .replace(' comment\n', ' family inet comment\n');
  expect(await scenario.wording({ '20-web': other })).toBe('prior');
});

describe('what somebody did by hand', () => {
  test.each<
    readonly [what: string, hand: readonly string[], lines: readonly string[], unexpected: string | undefined]
  >([
    [
      'a member that is gone',
      ['del WEB 192.0.2.1,tcp:443'],
      [WEB[0] ?? '', WEB[2] ?? '', WEB[3] ?? ''],
      undefined,
    ],
    [
      'one of the members of a line',
      ['del WEB 192.0.2.1,tcp:81'],
      [WEB[0] ?? '', WEB[1] ?? '', 'ipset add WEB 192.0.2.1,tcp:80', WEB[3] ?? ''],
      undefined,
    ],
    [
      'another comment',
      ['add WEB 192.0.2.1,tcp:443 comment "mine now" -exist'],
      [WEB[0] ?? '', 'ipset add WEB 192.0.2.1,tcp:443 comment "mine now"', WEB[2] ?? '', WEB[3] ?? ''],
      undefined,
    ],
    ['another member', ['add WEB 203.0.113.9,udp:53'], WEB, 'ipset add WEB 203.0.113.9,udp:53\n'],
    [
      'other options of the set',
      ['create X hash:ip,port comment maxelem 9', 'swap X WEB', 'destroy X', ...LIVE.slice(0, 3)],
      ['ipset create WEB hash:ip,port maxelem 9 comment', ...WEB.slice(1)],
      undefined,
    ],
  ])('%s is shown as its line, and repaired', async (_what, byHand, lines, unexpected) => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply(PARTS);
    hand(scenario, ...byHand);
    expect(await scenario.refresh()).toEqual({
      '20-web': `${lines.join('\n')}\n`,
      ...(unexpected === undefined ? {} : { '~unexpected': unexpected }),
    });
    await scenario.apply(PARTS);
    expect(liveOf(scenario)).toEqual([...LIVE, ...FOREIGN].sort());
    expect(await scenario.refresh()).toEqual(PARTS);
  });

  test('to the sets of others is no drift', async () => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply(PARTS);
    hand(scenario, 'add fail2ban 203.0.113.7', 'del THEIRS 10.0.0.0/8', 'create another hash:net');
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await scenario.wording(PARTS)).toBe('prior');
  });

  test('or rules did: a member whose timeout runs is nobody\u2019s, and stays when the set is rebuilt', async () => {
    const parts = { a: 'ipset create SEEN hash:ip timeout 600\nipset add SEEN 192.0.2.1 timeout 0' };
    const scenario = newScenario();
    await scenario.apply(parts);
    hand(scenario, 'add SEEN 203.0.113.7 timeout 55');
    expect(await scenario.refresh()).toEqual(parts);
    await scenario.apply({ a: parts.a.replace('timeout 600', 'maxelem 100 timeout 900') });
    expect(scenario.host.subsystems.ipset.read()).toContain('add SEEN 203.0.113.7 timeout 55\n');
    expect(scenario.host.subsystems.ipset.read()).toContain(' maxelem 100 timeout 900');
    await scenario.refresh();
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([]);
  });
});

describe('what a change sends', () => {
  const many = Array.from({ length: 500 }, (_, index) => `ipset add S 10.0.${index >> 8}.${index & 255}`);
  const parts = { a: ['ipset create S hash:ip', ...many.slice(1)].join('\n') };

  test.each<readonly [what: string, next: string, lines: number]>([
    ['one member more', `${parts.a}\nipset add S 192.0.2.1`, 1],
    ['one member less', ['ipset create S hash:ip', ...many.slice(2)].join('\n'), 1],
    [
      'a member for another',
      ['ipset create S hash:ip', 'ipset add S 192.0.2.1', ...many.slice(2)].join('\n'),
      2,
    ],
    ['most of them', 'ipset create S hash:ip\nipset add S 192.0.2.1', 5],
    ['another option', parts.a.replace('hash:ip', 'hash:ip maxelem 1000'), 499 + 4],
    ['another type, which nothing uses', parts.a.replace('hash:ip', 'hash:net'), 499 + 2],
  ])('%s', async (_what, next, lines) => {
    const scenario = newScenario();
    await scenario.apply(parts);
    await scenario.refresh();
    scenario.host.subsystems.ipset.lines = 0;
    await scenario.apply({ a: next });
    expect(scenario.host.subsystems.ipset.lines).toBe(lines);
    expect(await scenario.refresh()).toEqual({ a: next });
  });
});

describe('another type of a set that rules name', () => {
  const before = [
    'ipset create S hash:ip',
    'ipset add S 192.0.2.1',
    'iptables -A INPUT -m set --match-set S src -j DROP',
    'iptables -t nat -A GW-X -m set ! --match-set S src -m comment --comment "of --match-set S" -j RETURN',
    'iptables -t nat -A GW-X -m mark --mark 0x1 -j RETURN',
  ];
  const after = [
    'ipset create S hash:net',
    'ipset add S 192.0.2.0/24',
    ...before.slice(2, 4),
    'iptables -t nat -A GW-X -m set --match-set S dst -j ACCEPT',
  ];

  test('is made beside the old one, and the rules name it for the time that the set itself needs', async () => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply({ a: before.join('\n') });
    await scenario.refresh();
    await scenario.apply({ a: after.join('\n') });
    expect(liveOf(scenario)).toEqual(['create S hash:net', 'add S 192.0.2.0/24', ...FOREIGN].sort());
    expect(await scenario.refresh()).toEqual({ a: after.join('\n') });
    expect(scenario.rulesOf('GW-X')).toEqual([
      '-m set ! --match-set S src -m comment --comment "of --match-set S" -j RETURN',
      '-m set --match-set S dst -j ACCEPT',
    ]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('leaves all as it was where step %d fails', async (step) => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply({ a: before.join('\n') });
    await scenario.refresh();
    const was = scenario.host.state();
    scenario.host.faults.failAtStep = step;
    expect(await errorOf(scenario.apply({ a: after.join('\n') }))).toMatchObject({ undone: true });
    expect(scenario.host.state()).toBe(was);
  });

  test('takes lists of ours along', async () => {
    const list = ['ipset create L list:set', 'ipset add L OTHER', 'ipset add L S', 'ipset add L LAST'];
    const sets = ['ipset create OTHER hash:ip', 'ipset create LAST hash:ip', ...list];
    const rule = 'iptables -A INPUT -m set --match-set L src -j DROP';
    const scenario = newScenario();
    await scenario.apply({
      a: ['ipset create S hash:ip', 'ipset add S 192.0.2.1', ...sets, rule].join('\n'),
    });
    await scenario.refresh();
    const next = { a: ['ipset create S hash:net', 'ipset add S 192.0.2.0/24', ...sets, rule].join('\n') };
    await scenario.apply(next);
    expect(await scenario.refresh()).toEqual(next);
    expect(liveOf(scenario)).toContain('add L S after OTHER');
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([]);
  });
});

describe('a list of sets', () => {
  const sets = ['A', 'B', 'C'].map((name) => `ipset create ${name} hash:ip`);
  const listOf = (...names: readonly string[]): { a: string } => ({
    a: [...sets, 'ipset create L list:set', ...names.map((name) => `ipset add L ${name}`)].join('\n'),
  });

  test.each([
    [
      ['A', 'B', 'C'],
      ['A', 'C'],
    ],
    [
      ['A', 'C'],
      ['A', 'B', 'C'],
    ],
    [
      ['A', 'B', 'C'],
      ['C', 'B', 'A'],
    ],
    [['A'], []],
    [[], ['B']],
  ])('of %j becomes one of %j', async (from, to) => {
    const scenario = newScenario();
    await scenario.apply(listOf(...from));
    await scenario.refresh();
    await scenario.apply(listOf(...to));
    expect(await scenario.refresh()).toEqual(listOf(...to));
    const saved = scenario.host.subsystems.ipset.read();
    expect([...saved.matchAll(/^add L (\S+)/gm)].map(([, name]) => name)).toEqual(to);
  });

  test('goes before the sets that it holds', async () => {
    const scenario = newScenario();
    await scenario.apply(listOf('A', 'B'));
    await scenario.refresh();
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([]);
  });
});

describe('a set that was there before', () => {
  const there = ['create S hash:ip', 'add S 192.0.2.1'];

  test('is taken over where it is equal, and stays when we let go', async () => {
    const scenario = newScenario(...there);
    await scenario.apply({ a: 'ipset create S hash:ip\nipset add S 192.0.2.1\nipset add S 192.0.2.2' });
    await scenario.refresh();
    await scenario.apply({ a: 'ipset create S hash:ip hashsize 64 maxelem 9\nipset add S 192.0.2.1' });
    expect(liveOf(scenario)).toEqual(['add S 192.0.2.1', 'create S hash:ip maxelem 9']);
    await scenario.refresh();
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([...there].sort());
  });

  test('keeps for good what it held, also while it has a timeout that we declare', async () => {
    const scenario = newScenario(...there);
    await scenario.apply({ a: 'ipset create S hash:ip\nipset add S 192.0.2.1' });
    await scenario.refresh();
    const parts = { a: 'ipset create S hash:ip timeout 60 comment\nipset add S 192.0.2.2 timeout 0' };
    await scenario.apply(parts);
    expect(liveOf(scenario)).toContain('add S 192.0.2.1 timeout 0');
    expect(await scenario.refresh()).toEqual(parts);
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([...there].sort());
  });

  test('may get members of ours, and keeps its own', async () => {
    const scenario = newScenario(...FOREIGN, 'create KEEP hash:ip timeout 0', 'add KEEP 192.0.2.1');
    const was = liveOf(scenario);
    const parts = { a: 'ipset add THEIRS 192.0.2.0/24\nipset add KEEP 192.0.2.7' };
    await scenario.apply(parts);
    expect(liveOf(scenario)).toEqual(
      [...was, 'add THEIRS 192.0.2.0/24', 'add KEEP 192.0.2.7 timeout 0'].sort(),
    );
    expect(await scenario.refresh()).toEqual(parts);
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual(was);
  });
});

describe('a plan is refused', () => {
  test.each<readonly [what: string, host: readonly string[], parts: string, problem: string]>([
    [
      'for a member of a set that is nowhere',
      ['create BLOCKED hash:ip'],
      'ipset add BLOKED 192.0.2.1',
      'unknown-set: no part declares set BLOKED, and the host has none -> if BLOCKED is meant, write it so; or add `ipset create BLOKED TYPE`',
    ],
    [
      'for a rule that names such a set',
      [],
      'ipset create BLOCKED hash:ip\niptables -A INPUT -m set --match-set BLOKED src -j DROP',
      'unknown-set: no part declares set BLOKED, and the host has none -> if BLOCKED is meant, write it so; or add `ipset create BLOKED TYPE`',
    ],
    [
      'for a rule alone, too',
      [],
      'iptables -A INPUT -j SET --add-set NOSUCH src',
      'unknown-set: no part declares set NOSUCH, and the host has none -> check the name, or add `ipset create NOSUCH TYPE`',
    ],
    [
      'for a list of what is nowhere',
      [],
      'ipset create L list:set\nipset add L NOSUCH',
      'unknown-set: no part declares set NOSUCH, and the host has none -> check the name, or add `ipset create NOSUCH TYPE`',
    ],
    [
      'for a list that holds a list of the host',
      ['create M list:set'],
      'ipset create L list:set\nipset add L M',
      'bad-member: M is a list of sets on the host, and list L cannot hold it -> add the sets that it holds instead',
    ],
    [
      'for a member of another shape than the set of others has',
      ['create THEIRS hash:ip,port'],
      'ipset add THEIRS 192.0.2.1',
      'bad-member: 192.0.2.1 is no member of a set of type hash:ip,port -> write it so, or declare the set with a type whose members have 1 value',
    ],
    [
      'for a member that stands for others there',
      ['create THEIRS hash:ip'],
      'ipset add THEIRS 192.0.2.0/30',
      'bad-member: 192.0.2.0/30 is 192.0.2.0 192.0.2.1 192.0.2.2 and 1 more in set THEIRS, which others made -> write a line for each of them',
    ],
    [
      'for a set that is there and different',
      ['create S hash:net'],
      'ipset create S hash:ip',
      'foreign-entry: set S is on the host already, differs from what is declared, and is not of this scope -> declare it as it is on the host, or remove it there, or choose another',
    ],
  ])('%s', async (_what, host, parts, problem) => {
    const scenario = newScenario(...host);
    const error = await errorOf(scenario.plan({ a: parts }));
    expect(error).toBeInstanceOf(InvalidInput);
    const problems = error instanceof InvalidInput ? error.problems : [];
    expect(problems.map(({ code, what, fix }) => `${code}: ${what} -> ${fix ?? ''}`)).toEqual([problem]);
    expect(problems[0]?.at).toMatch(/^part "a", line [12]$/);
  });

  test.each([
    [
      'a rule of others uses',
      (scenario: Scenario) => {
        scenario.byHand('-A PREROUTING -m set --match-set WEB dst,dst -j ACCEPT');
      },
    ],
    [
      'a list of others holds',
      (scenario: Scenario) => {
        hand(scenario, 'create THEIR-LIST list:set', 'add THEIR-LIST WEB');
      },
    ],
  ])('where a set would go that %s, and the plan names the user', async (_what, use) => {
    const scenario = newScenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    use(scenario);
    const gone = { '20-web': 'sysctl net.ipv4.ip_forward=1' };
    for (const error of [await errorOf(scenario.plan(gone)), await errorOf(scenario.planDestroy())]) {
      expect(error).toBeInstanceOf(Refused);
      expect(error).toMatchObject({ code: 'in-use' });
      expect(String(error)).toMatch(
        /set WEB cannot be removed, others use it:\n(iptables -t nat -A PREROUTING|ipset add THEIR-LIST WEB)/,
      );
    }
    const other = { '20-web': PARTS['20-web'].replaceAll('hash:ip,port', 'hash:net,port') };
    expect(await errorOf(scenario.plan(other))).toMatchObject({ problems: [{ code: 'set-in-use' }] });
  });

  test('where the kernel lacks the module of a type', async () => {
    const scenario = newScenario();
    scenario.host.missingModules.add('ip_set_hash_ipport');
    expect(await errorOf(scenario.plan(PARTS))).toMatchObject({
      problems: [
        {
          code: 'missing-module',
          what: "the host's kernel has no module ip_set_hash_ipport, which the line needs",
        },
      ],
    });
  });
});

test('what a transaction left behind under a name of ours goes with the next change', async () => {
  const scenario = newScenario();
  await scenario.apply(PARTS);
  await scenario.refresh();
  await scenario.apply({ '20-web': PARTS['20-web'].replace(' comment\n', ' maxelem 9 comment\n') });
  await scenario.refresh();
  hand(scenario, 'create gw-37a8eec1-0123456789ab hash:ip', 'add gw-37a8eec1-0123456789ab 192.0.2.1');
  await scenario.apply(PARTS);
  expect(liveOf(scenario)).toEqual([...LIVE].sort());
});

test('options of a member are printed as the tool prints them', () => {
  expect(printMemberOptions(`timeout running comment 'it'\\''s "not" $HOME' skbmark 0x1`)).toBe(
    `timeout running comment "it's "not" $HOME" skbmark 0x1`,
  );
});
