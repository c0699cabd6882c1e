// Whose wording a plan keeps: the user's old one where it means the same, whatever words the host's own tools prefer.
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/model/errors';
import { errorOf, Scenario } from './scenario';

const BEFORE = {
  a: 'iptables -t nat -N GW-A\niptables -t nat -A GW-A -p tcp --dport 80 -s 10.0.0.1 -j RETURN\nsysctl net.ipv4.ip_forward=1',
};

describe('a plan', () => {
  test.each([
    [
      'words in another order and long options',
      'iptables --table nat --append GW-A --source 10.0.0.1/32 -p 6 -m tcp --dport 80 --jump RETURN',
    ],
    [
      'an address with its mask',
      'iptables -t nat -A GW-A -s 10.0.0.1/255.255.255.255 -p tcp --destination-port 80 -j RETURN',
    ],
  ])('keeps the prior wording for %s', async (_name, rule) => {
    const scenario = new Scenario();
    await scenario.apply(BEFORE);
    const parts = { a: `# anew\nsysctl -w net/ipv4/ip_forward=1\niptables -t nat -N GW-A\n${rule}\n` };
    await scenario.refresh();
    expect(await scenario.wording(parts)).toBe('prior');
    expect(await scenario.wording({ a: parts.a.replace('80', '81') })).toBe('declared');
  });

  test('keeps the prior wording where only a -N comes or goes that a rule of the chain makes needless', async () => {
    const scenario = new Scenario();
    await scenario.apply(BEFORE);
    await scenario.refresh();
    const parts = { a: BEFORE.a.replace('iptables -t nat -N GW-A\n', '') };
    expect(await scenario.wording(parts)).toBe('prior');
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    expect(await scenario.wording(BEFORE)).toBe('prior');
  });

  test('takes the declared wording where a -N goes of a chain that has no rule', async () => {
    const scenario = new Scenario();
    const rest = 'sysctl net.ipv4.ip_forward=1\n';
    await scenario.apply({ a: `iptables -t nat -N GW-B\n${rest}` });
    await scenario.refresh();
    expect(await scenario.wording({ a: rest })).toBe('declared');
  });

  test.each([
    ['a rule of other meaning', { a: BEFORE.a.replace('10.0.0.1', '10.0.0.2') }],
    ['a line more', { a: `${BEFORE.a}\niptables -t nat -A GW-A -j RETURN` }],
    ['a line less', { a: BEFORE.a.slice(0, BEFORE.a.lastIndexOf('\n')) }],
    ['another value', { a: BEFORE.a.replace('forward=1', 'forward=0') }],
    ['the same lines in a part of another name', { b: BEFORE.a }],
    ['a part more that declares nothing', { ...BEFORE, b: '# nothing' }],
  ])('takes the declared wording for %s', async (_name, parts) => {
    const scenario = new Scenario();
    await scenario.apply(BEFORE);
    await scenario.refresh();
    expect(await scenario.wording(parts)).toBe('declared');
  });

  test.each([
    ['iptables -t nat -A GW-A -m time --timestart 09:00 --timestop 17:00 -j RETURN'],
    ['iptables -t nat -A GW-A -m string --algo bm --string foo -j RETURN'],
    ['iptables -t nat -A OUTPUT -m time --timestop 17:00 --timestart 09:00 -j RETURN'],
  ])('has nothing to change for %s, which the host words in its own way', async (line) => {
    const scenario = new Scenario();
    const parts = { a: `iptables -t nat -N GW-A\n${line}` };
    await scenario.apply(parts);
    expect(scenario.host.kernel.save()).not.toContain(line.slice('iptables -t nat '.length));
    expect(await scenario.refresh()).toEqual(parts);
    expect(await scenario.wording(parts)).toBe('prior');
    scenario.byHand('-A GW-A -j ACCEPT');
    expect(await scenario.refresh()).toEqual({
      ...parts,
      '~unexpected': 'iptables -t nat -A GW-A -j ACCEPT\n',
    });
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    await scenario.destroy();
    expect(scenario.host.kernel.save()).not.toContain('-A ');
  });

  test('keeps the prior wording where only the words of a match change that the host words in its own way', async () => {
    const scenario = new Scenario();
    await scenario.apply({ a: 'iptables -t nat -A GW-A -m string --algo bm --string foo -j RETURN' });
    await scenario.refresh();
    const other = { a: 'iptables -t nat -A GW-A -m string --string foo --algo bm -j RETURN' };
    expect(await scenario.wording(other)).toBe('prior');
  });
});

describe('a proof', () => {
  test('that the host refuses fails the plan with part and line, and nothing is touched', async () => {
    const scenario = new Scenario();
    const before = scenario.host.state();
    const parts = {
      a: 'iptables -t nat -A GW-A -j RETURN',
      b: '# two\niptables -t nat -A GW-A -m nosuch --foo 1 -j RETURN\niptables -t nat -A GW-A -j RETURN',
    };
    const error = await errorOf(scenario.plan(parts));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(error).toMatchObject({
      problems: [{ code: 'refused-by-host', at: 'part "b", line 2', part: 'b' }],
    });
    expect(scenario.host.state()).toBe(before);
    expect(scenario.host.calls).not.toContain('transact');
  });

  test('that names no line is repeated until the line is found', async () => {
    const scenario = new Scenario();
    const prove = scenario.host.prove.bind(scenario.host);
    // As iptables-legacy does it: the kernel refuses at the commit, whose line is told.
    scenario.host.prove = async (texts) => {
      const proof = await prove(texts);
      return proof.kind === 'refused'
        ? { ...proof, line: (texts.ipv4?.split('\n').indexOf('COMMIT') ?? -1) + 1 }
        : proof;
    };
    const lines = Array.from({ length: 100 }, (_, n) => `iptables -t nat -A GW-A -s 10.0.0.${n} -j RETURN`);
    lines[63] = 'iptables -t nat -A GW-A -m nosuch -j RETURN';
    const error = await errorOf(scenario.plan({ a: lines.join('\n') }));
    expect(error).toMatchObject({ problems: [{ at: 'part "a", line 64' }] });
    expect(scenario.host.calls.filter((call) => call === 'prove').length).toBeLessThan(10);
  });

  test('that the host cannot give is a warning, and the apply goes on', async () => {
    const scenario = new Scenario();
    scenario.host.faults.noNamespaces = true;
    const { notes } = await scenario.plan(BEFORE);
    expect(notes).toEqual([expect.objectContaining({ summary: 'The plan could not be proved on the host' })]);
    const applied = await scenario.apply(BEFORE);
    expect(applied.notes).toEqual(notes);
    expect(await scenario.refresh()).toEqual(BEFORE);
  });
});
