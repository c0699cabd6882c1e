// What a refresh shows of a host that somebody changed by hand, line by line, and that an apply repairs it.
import { beforeEach, describe, expect, test } from 'vitest';
import { PARTS, Scenario } from './scenario';

let scenario: Scenario;
beforeEach(async () => {
  scenario = new Scenario();
  await scenario.apply(PARTS);
});

/** The parts less the lines that hold this text. */
function without(text: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(PARTS).map(([name, part]) => [
      name,
      part
        .split('\n')
        .filter((line) => !line.includes(text))
        .join('\n'),
    ]),
  );
}

test('nothing done by hand reads back as the user wrote it, and a plan has nothing to change', async () => {
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
});

describe('a hand on the host', () => {
  test.each([
    ['a rule deleted in a chain of ours', ['-D GW-SVC-WEB -j GW-SEP-B'], without('GW-SVC-WEB -j GW-SEP-B')],
    [
      'a rule of ours deleted in a built-in chain',
      ['-D POSTROUTING -s 192.168.1.6/32 -m comment --comment "gatewright:default" -j MASQUERADE'],
      without('-s 192.168.1.6'),
    ],
    [
      'a rule added in a chain of ours',
      ['-A GW-SEP-A -j RETURN'],
      { ...PARTS, '~unexpected': 'iptables -t nat -A GW-SEP-A -j RETURN\n' },
    ],
    [
      'a rule altered',
      ['-D GW-SVC-WEB -j GW-SEP-B', '-A GW-SVC-WEB -j GW-SEP-A'],
      { ...without('GW-SVC-WEB -j GW-SEP-B'), '~unexpected': 'iptables -t nat -A GW-SVC-WEB -j GW-SEP-A\n' },
    ],
    [
      'a rule duplicated in a chain of ours',
      ['-I GW-SVC-WEB 1 -j GW-SEP-B'],
      { ...PARTS, '~unexpected': 'iptables -t nat -A GW-SVC-WEB -j GW-SEP-B\n' },
    ],
    ['a chain of ours flushed', [':GW-SEP-B - [0:0]'], without('-A GW-SEP-B ')],
    [
      'a chain with our prefix made',
      [':GW-MINE - [0:0]'],
      { ...PARTS, '~unexpected': 'iptables -t nat -N GW-MINE\n' },
    ],
    [
      'foreign rules around ours',
      [
        '-I POSTROUTING 1 -s 1.1.1.1/32 -j ACCEPT',
        '-I POSTROUTING 3 -s 2.2.2.2/32 -j ACCEPT',
        '-A POSTROUTING -s 3.3.3.3/32 -j ACCEPT',
      ],
      PARTS,
    ],
  ])('%s is shown by its lines and repaired', async (_name, lines, expected) => {
    scenario.byHand(...lines);
    expect(await scenario.refresh()).toEqual(expected);
    expect(await scenario.wording(PARTS)).toBe(expected === PARTS ? 'prior' : 'declared');
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
  });

  test('a rule moved within its part stands at its live place', async () => {
    scenario.byHand('-D GW-SVC-WEB -j GW-SEP-B', '-I GW-SVC-WEB 1 -j GW-SEP-B');
    const lines = (await scenario.refresh())['50-service web']?.split('\n');
    expect(lines?.slice(2, 4)).toEqual([
      'iptables -t nat -A GW-SVC-WEB -j GW-SEP-B',
      'iptables -t nat -A GW-SVC-WEB -m statistic --mode random --probability 0.5 -j GW-SEP-A',
    ]);
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
  });

  test('rules of two parts that changed places are shown under ~order', async () => {
    scenario.byHand(
      '-D GW-SERVICES -m addrtype --dst-type LOCAL -j RETURN',
      '-I GW-SERVICES 1 -m addrtype --dst-type LOCAL -j RETURN',
    );
    expect(await scenario.refresh()).toEqual({
      ...PARTS,
      '~order nat GW-SERVICES':
        'iptables -t nat -A GW-SERVICES -m addrtype --dst-type LOCAL -j RETURN\n' +
        'iptables -t nat -A GW-SERVICES -d 10.100.100.1/32 -p tcp -m tcp --dport 7070 -j GW-SVC-WEB\n',
    });
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
  });

  test('a sysctl and a policy are shown with their live values and repaired', async () => {
    scenario.host.sysctls.set('net.ipv4.ip_forward', '0');
    scenario.host.kernel.restore('*filter\n:FORWARD DROP [0:0]\nCOMMIT\n', { noflush: true });
    const lines = (await scenario.refresh())['10-host']?.split('\n');
    expect(lines?.[0]).toBe('sysctl net.ipv4.ip_forward=0');
    expect(lines?.[6]).toBe('iptables -t filter -P FORWARD DROP');
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
  });
});
