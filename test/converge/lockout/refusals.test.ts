// What a refusal of lockout says, that destroys and applies are looked at too, and what is told where the host does not say how we came.
import { describe, expect, test } from 'vitest';
import type { Way } from './lockout-scenario';
import {
  ACCEPT,
  BY_SECOND_ADDRESS,
  essence,
  lockoutScenario,
  partsOf,
  planned,
  ready,
} from './lockout-scenario';

describe('a refusal says all that is needed at three in the morning', () => {
  test.each<[string, Way, readonly string[]]>([
    [
      'of a new rule',
      { before: [ACCEPT], after: ['iptables -A INPUT -i eth0 -j DROP', ACCEPT] },
      [
        'refused: the apply would lock out SSH from 198.51.100.7 (where this session comes from) to 192.0.2.6:22',
        'packet: the first packet of a new connection, tcp 198.51.100.7:* -> 192.0.2.6:22, in by eth0',
        'dropped: table filter, chain INPUT, by rule 1',
        'because of a line that is new:',
        'at: part "wall", line 1',
        'given: iptables -A INPUT -i eth0 -j DROP',
        'to do: let it in above: `iptables -I INPUT -s 198.51.100.7 -p tcp --dport 22 -j ACCEPT`; or set allow_lockout = true, and have another way in',
      ],
    ],
    [
      'of a rule that is left out',
      {
        given: { filter: ['-A INPUT -m comment --comment wall -j DROP'] },
        before: [ACCEPT.replace('-A', '-I')],
        after: [],
      },
      [
        'refused: the apply would lock out SSH from 198.51.100.7 (where this session comes from) to 192.0.2.6:22',
        'packet: the first packet of a new connection, tcp 198.51.100.7:* -> 192.0.2.6:22, in by eth0',
        'dropped: table filter, chain INPUT, by rule 1: iptables -t filter -A INPUT -m comment --comment wall -j DROP',
        'because of a line that is left out now:',
        'at: part "wall", line 1',
        'given: iptables -I INPUT -p tcp --dport 22 -j ACCEPT',
        'to do: keep that line, or let it in above: `iptables -I INPUT -s 198.51.100.7 -p tcp --dport 22 -j ACCEPT`; or set allow_lockout = true, and have another way in',
      ],
    ],
    [
      'of answers that are dropped',
      { after: ['iptables -P OUTPUT DROP'] },
      [
        'refused: the apply would lock out SSH from 198.51.100.7 (where this session comes from) to 192.0.2.6:22',
        'packet: the answer to it, tcp 192.0.2.6:22 -> 198.51.100.7:*, out by eth0',
        'dropped: table filter, chain OUTPUT, by its policy DROP',
        'because of a line that is new:',
        'at: part "wall", line 1',
        'given: iptables -P OUTPUT DROP',
        'to do: let it in above: `iptables -I OUTPUT -d 198.51.100.7 -p tcp --sport 22 -j ACCEPT`; or set allow_lockout = true, and have another way in',
      ],
    ],
  ])('%s', async (_name, way, expected) => {
    expect((await planned(await ready(way), partsOf(way.after))).split('\n')).toEqual(expected);
  });

  test.each<[string, Way]>([
    ['a rule', { given: { filter: [':INPUT DROP'] }, before: [ACCEPT], after: [] }],
    [
      'an address',
      { given: { cameBy: BY_SECOND_ADDRESS }, before: ['ip addr add 192.0.2.7/24 dev eth0'], after: [] },
    ],
  ])('a destroy that takes away %s on which the session stands is refused too', async (_name, way) => {
    const scenario = await ready(way);
    await expect(scenario.planDestroy()).rejects.toMatchObject({ problems: [{ code: 'lockout' }] });
    await expect(scenario.destroy()).rejects.toMatchObject({ problems: [{ code: 'lockout' }] });
    Object.assign(scenario.target, { allowLockout: true });
    expect(await scenario.planDestroy()).toMatchObject([
      { summary: expect.stringContaining('the apply would lock out') as unknown },
    ]);
    await scenario.destroy();
  });

  test('what became a lockout between plan and apply is refused under the lock', async () => {
    const scenario = lockoutScenario();
    const parts = partsOf([
      'iptables -A INPUT -i eth0 -p tcp --dport 22 -j GW-SSH',
      'iptables -A GW-SSH -s 198.51.100.7 -j RETURN',
      'iptables -A GW-SSH -j DROP',
    ]);
    expect(await planned(scenario, parts)).toBe('quiet');
    scenario.host.cameBy = scenario.host.cameBy?.replaceAll('198.51.100.7', '198.51.100.8');
    await expect(scenario.applyOnly(parts)).rejects.toMatchObject({
      problems: [{ code: 'lockout', at: 'part "wall", line 3' }],
    });
  });
});

describe('where the host does not tell how we came', () => {
  test.each([
    ['nothing is said', {}, 'quiet'],
    [
      'management networks are named as not looked at',
      { managementCidrs: ['10.9.0.0/16'] },
      [
        'warned: it cannot be told whether SSH gets in to 192.0.2.1:22',
        'No process above ours has SSH_CONNECTION in its environment, which says by which address and port the host is reached.',
        'Not looked at: 10.9.0.0/16',
      ].join('\n'),
    ],
  ])('%s', async (_name, given, expected) => {
    expect(
      await planned(lockoutScenario({ ...given, cameBy: '' }), partsOf(['iptables -P INPUT DROP'])),
    ).toBe(expected);
  });

  test('an address that is not the host’s own refuses nothing', async () => {
    const cameBy = 'ssh 198.51.100.7 50022 172.16.0.9 22\ndevice lo\ndevice eth0\n';
    const told = await planned(lockoutScenario({ cameBy }), partsOf(['iptables -P INPUT DROP']));
    expect(essence(told)).toEqual([
      'warned',
      'dropped: table filter, chain INPUT, by its policy DROP',
      '172.16.0.9 is not among the addresses that the host shows, so this is not sure',
      'at: part "wall", line 1',
    ]);
  });
});
