// Virtual and real servers under the engine, on the host in memory: drift, ownership, changes in place, problems and notes.
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/model/errors';
import { errorOf, Scenario } from './scenario';

const WEB = [
  'ipvsadm -A -t 192.0.2.1:80 -s rr',
  'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -x 100',
  'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 2',
];
const PARTS = { '50-web': `${WEB.join('\n')}\n` };
const LIVE = [
  '-A -t 192.0.2.1:80 -s rr',
  '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1 -x 100',
  '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 2',
];
const FOREIGN = ['-A -u 192.0.2.9:53 -s wlc', '-a -u 192.0.2.9:53 -r 10.0.0.9:53 -g -w 1'];

function newScenario(...byHand: readonly string[]): Scenario {
  const scenario = new Scenario();
  hand(scenario, ...byHand);
  return scenario;
}

function hand({ host }: Scenario, ...lines: readonly string[]): void {
  host.subsystems.ipvs.run(lines.map((line) => `${line}\n`).join(''));
}

function liveOf({ host }: Scenario): readonly string[] {
  return [...host.subsystems.ipvs.fingerprints()].sort();
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

describe('what somebody did by hand', () => {
  test.each<readonly [string, readonly string[], readonly string[], string | undefined]>([
    [
      'another weight',
      ['-e -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 9'],
      [WEB[0] ?? '', WEB[1] ?? '', 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 9'],
      undefined,
    ],
    [
      'another scheduler',
      ['-E -t 192.0.2.1:80 -s wlc'],
      ['ipvsadm -A -t 192.0.2.1:80 -s wlc', WEB[1] ?? '', WEB[2] ?? ''],
      undefined,
    ],
    [
      'a threshold that is gone',
      ['-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1'],
      [WEB[0] ?? '', 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1', WEB[2] ?? ''],
      undefined,
    ],
    [
      'a real server that is gone',
      ['-d -t 192.0.2.1:80 -r 10.0.0.1:80'],
      [WEB[0] ?? '', WEB[2] ?? ''],
      undefined,
    ],
    [
      'a real server more',
      ['-a -t 192.0.2.1:80 -r 10.0.0.7:80 -m -w 1'],
      WEB,
      'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.7:80 -m -w 1\n',
    ],
  ])('%s is shown as its line, and repaired', async (_what, byHand, web, unexpected) => {
    const scenario = newScenario(...FOREIGN);
    await scenario.apply(PARTS);
    hand(scenario, ...byHand);
    expect(await scenario.refresh()).toEqual({
      '50-web': `${web.join('\n')}\n`,
      ...(unexpected === undefined ? {} : { '~unexpected': unexpected }),
    });
    await scenario.apply(PARTS);
    expect(liveOf(scenario)).toEqual([...LIVE, ...FOREIGN].sort());
  });

  test('a virtual server that is gone comes back with its real servers', async () => {
    const scenario = newScenario();
    await scenario.apply(PARTS);
    hand(scenario, '-D -t 192.0.2.1:80');
    expect(await scenario.refresh()).toEqual({});
    await scenario.apply(PARTS);
    expect(liveOf(scenario)).toEqual([...LIVE].sort());
  });
});

describe('a step that fails', () => {
  test.each([1, 2])('leaves servers as they were: step %d', async (failAtStep) => {
    const scenario = newScenario();
    await scenario.apply({ ...PARTS, '60-dns': 'ipvsadm -A -u 192.0.2.1:53 -s rr -p 100' });
    await scenario.refresh();
    const before = liveOf(scenario);
    scenario.host.faults.failAtStep = failAtStep;
    const parts = {
      '50-web': `${WEB[0]?.replace('rr', 'wrr') ?? ''}\n${WEB[2]?.replace('2:80 -m', '2:80 -g') ?? ''}`,
    };
    expect(await errorOf(scenario.apply(parts))).toMatchObject({ undone: true });
    expect(liveOf(scenario)).toEqual(before);
  });
});

describe('a virtual server that is on the host already', () => {
  test('is taken over where it is equal, and stays when it is let go', async () => {
    const scenario = newScenario(...LIVE);
    await scenario.apply(PARTS);
    await scenario.refresh();
    await scenario.apply({ ...PARTS, '50-web': `${WEB.join('\n').replace('rr', 'wrr')}\n` });
    expect(liveOf(scenario)[0]).toBe('-A -t 192.0.2.1:80 -s wrr');
    await scenario.refresh();
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([...LIVE].sort());
  });

  test.each([
    ['another scheduler', LIVE.map((line) => line.replace('rr', 'wlc'))],
    ['a real server that no line declares', [...LIVE, '-a -t 192.0.2.1:80 -r 10.0.0.7:80 -m -w 1']],
  ])('is refused where it has %s', async (_what, there) => {
    const error = await errorOf(newScenario(...there).plan(PARTS));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String(error)).toContain('is on the host already');
  });

  test('takes real servers of ours, and keeps its own', async () => {
    const scenario = newScenario(...FOREIGN);
    const ours = { own: 'ipvsadm -a -u 192.0.2.9:53 -r 10.0.0.8:53 -g -w 3\n' };
    await scenario.apply(ours);
    expect(await scenario.refresh()).toEqual(ours);
    expect(liveOf(scenario)).toContain('-a -u 192.0.2.9:53 -r 10.0.0.8:53 -g -w 3');
    await scenario.destroy();
    expect(liveOf(scenario)).toEqual([...FOREIGN].sort());
  });
});

describe('a plan is refused', () => {
  test.each([
    [
      'where a real server has no virtual server',
      { a: 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:80 -m' },
      'unknown-virtual-server',
      'no line declares virtual server -t 192.0.2.1:80, and the host has none',
      'add `ipvsadm -A -t 192.0.2.1:80 -s rr`',
    ],
    [
      'where its virtual server is spelled otherwise',
      { a: `ipvsadm -A -t 192.0.2.1:80\nipvsadm -a -t 192.0.2.1:81 -r 10.0.0.1:80 -m` },
      'unknown-virtual-server',
      'no line declares virtual server -t 192.0.2.1:81, and the host has none',
      'if -t 192.0.2.1:80 is meant, write it so',
    ],
    [
      'for a real server twice',
      { a: WEB.join('\n'), b: 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -m -w 7' },
      'declared-twice',
      'real-server -t 192.0.2.1:80 -r 10.0.0.1:80 is declared twice',
      'leave one of the two lines out',
    ],
    [
      'for a virtual server twice',
      { a: WEB.join('\n'), b: WEB[0] ?? '' },
      'declared-twice',
      'virtual-server -t 192.0.2.1:80 is declared twice',
      'leave one of the two lines out',
    ],
  ])('%s', async (_why, parts, code, what, fix) => {
    const error = await errorOf(newScenario().plan(parts));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({ problems: [{ code, what, fix }] });
  });

  test('where the virtual server goes that the real server is in', async () => {
    const scenario = newScenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    const error = await errorOf(scenario.plan({ '50-web': WEB[1] ?? '' }));
    expect(String(error)).toContain('is there only because of a line that is now left out');
  });

  test.each([
    ['a scheduler', 'ipvsadm -A -t 192.0.2.1:80 -s twos', 'ip_vs_twos'],
    ['an engine', 'ipvsadm -A -u 192.0.2.1:5060 --pe sip', 'ip_vs_pe_sip'],
    ['IPVS itself', 'sysctl net.ipv4.vs.conntrack=1', 'ip_vs'],
    ['what IPVS tracks connections with', 'sysctl net.ipv4.vs.conntrack=1', 'nf_conntrack'],
    ['the match of rules', 'iptables -t nat -A POSTROUTING -m ipvs --ipvs -j MASQUERADE', 'xt_ipvs'],
  ])('where the kernel lacks the module of %s', async (_what, line, module) => {
    const scenario = newScenario();
    scenario.host.missingModules.add(module);
    scenario.host.sysctls.set('net.ipv4.vs.conntrack', '0');
    const error = await errorOf(scenario.plan({ a: line }));
    expect(error).toMatchObject({ problems: [{ code: 'missing-module', part: 'a', given: line }] });
    expect(String(error)).toContain(`the host's kernel has no module ${module}, which the line needs`);
  });

  test('with the line that ipvsadm refuses in a proof', async () => {
    const scenario = newScenario();
    scenario.host.subsystems.ipvs.missingSchedulers.add('lblcr');
    const error = await errorOf(scenario.plan({ ...PARTS, 'b-dns': 'ipvsadm -A -u 192.0.2.1:53 -s lblcr' }));
    expect(error).toMatchObject({
      problems: [
        {
          code: 'refused-by-host',
          what: "the host's ipvsadm refuses a line: Scheduler or persistence engine not found",
          part: 'b-dns',
        },
      ],
    });
  });
});

describe('a plan warns', () => {
  const NAT = 'iptables -t nat -A POSTROUTING -m ipvs --vaddr 192.0.2.1 --vport 80 -j MASQUERADE';
  test.each([
    [
      'of a host that does not forward',
      { 'net.ipv4.ip_forward': '0' },
      PARTS,
      ['net.ipv4.ip_forward is 0, and real servers are reached by nat (-m)'],
    ],
    [
      'of translation that IPVS does not take part in',
      { 'net.ipv4.vs.conntrack': '0' },
      { ...PARTS, '20-nat': NAT },
      ['net.ipv4.vs.conntrack is 0, and a rule translates what IPVS forwards'],
    ],
    [
      'of real servers elsewhere behind a loopback address',
      {},
      { a: 'ipvsadm -A -t 127.0.0.1:80 -s rr\nipvsadm -a -t 127.0.0.1:80 -r 10.0.0.1:80 -m' },
      ['Behind 127.0.0.1 only real servers on the host itself answer'],
    ],
    [
      'of nothing where both are declared',
      { 'net.ipv4.ip_forward': '0', 'net.ipv4.vs.conntrack': '0' },
      {
        ...PARTS,
        '10-host': 'sysctl net.ipv4.ip_forward=1 net.ipv4.vs.conntrack=1',
        '20-nat': NAT,
      },
      [],
    ],
    [
      'of nothing where real servers are the host itself',
      { 'net.ipv4.ip_forward': '0' },
      { a: 'ipvsadm -A -t 127.0.0.1:80 -s rr\nipvsadm -a -t 127.0.0.1:80 -r 127.0.0.1:8000 -m' },
      [],
    ],
    [
      'of nothing with direct routing',
      { 'net.ipv4.ip_forward': '0' },
      { a: WEB.join('\n').replaceAll('-m', '-g') },
      [],
    ],
  ])('%s', async (_of, sysctls, parts, summaries) => {
    const scenario = newScenario();
    scenario.host.sysctls.set('net.ipv4.ip_forward', '1').set('net.ipv4.vs.conntrack', '1');
    for (const [key, value] of Object.entries(sysctls)) scenario.host.sysctls.set(key, value);
    const { notes } = await scenario.plan(parts);
    expect(notes.map(({ summary }) => summary)).toEqual(summaries);
  });
});
