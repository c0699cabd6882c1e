// Sets and members under the engine, on the host in memory: drift, ownership, what is taken over, what is left behind.
import { describe, expect, test } from 'vitest';
import { FOREIGN, hand, LIVE, liveOf, newScenario, PARTS, WEB } from './ipset-scenario';

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

test('a declared member that says nothing of its time stays when the set is rebuilt', async () => {
  const parts = { a: 'ipset create SEEN hash:ip timeout 600 comment\nipset add SEEN 192.0.2.1' };
  const next = { a: parts.a.replace(' comment', ' skbinfo') };
  const scenario = newScenario();
  await scenario.apply(parts);
  await scenario.refresh();
  await scenario.apply(next);
  expect(await scenario.refresh()).toEqual(next);
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
