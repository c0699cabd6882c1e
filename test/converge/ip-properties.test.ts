// Random addresses, routes and rules follow each other on a host in memory: each state is reached, failed steps leave nothing, others keep theirs.
import { describe, expect, test } from 'vitest';
import { readIp } from '../../lib/syntax/ip/ip';
import { completeIpLine } from '../../lib/syntax/ip/ip';
import { splitWords } from '../../lib/syntax/words';
import { FakeHost } from '../fakes/fake-host';
import { FakeIp } from '../fakes/fake-ip';
import { randomIpLines } from '../syntax/random-ip';
import { IP_STAGE } from './random-states';
import { errorOf, Scenario } from './scenario';

/** Set it to see a failure again. */
const SEED = Number(process.env['GATEWRIGHT_SEED'] ?? Date.now() % 1_000_000);

const COUNT = 15;

/** The lines of others are of other networks and preferences than ours, since those of one place in the list are never both. */
function linesFor(seed: number): { readonly ours: readonly string[]; readonly others: readonly string[] } {
  const all = randomIpLines(seed, COUNT * 2);
  return { ours: all.slice(0, COUNT), others: all.slice(COUNT) };
}

function toParts(lines: readonly string[]): Record<string, string> {
  const parts: Record<string, string[]> = {};
  lines.forEach((line, index) => (parts[`part ${index % 4}`] ??= []).push(line));
  return Object.fromEntries(Object.entries(parts).map(([name, each]) => [name, each.join('\n')]));
}

function stateOf(host: FakeHost): string[] {
  return host.subsystems.ip.read().split('\n').filter(Boolean).sort();
}

describe.each(Array.from({ length: 4 }, (_, index) => SEED + index))('seed %d', (seed) => {
  test('one state follows another, and in the end all is as it was', async () => {
    const { host, before } = hostWithOthers(seed);
    const scenario = new Scenario(undefined, host);
    for (const next of [seed, seed + 1000, seed + 2000]) {
      const parts = toParts(linesFor(next).ours);
      await scenario.apply(parts);
      expect(await scenario.refresh()).toEqual(parts);
      expect(await scenario.wording(parts)).toBe('prior');
      const after = stateOf(host);
      expect(before.filter((line) => !after.includes(line))).toEqual([]);
    }
    await scenario.destroy();
    expect(stateOf(host)).toEqual(before);
  });

  test('whichever step fails, the host is as it was', async () => {
    const { host, before } = hostWithOthers(seed);
    const scenario = new Scenario(undefined, host);
    await scenario.apply(toParts(linesFor(seed).ours));
    await scenario.refresh();
    const held = stateOf(host);
    const next = toParts(linesFor(seed + 1000).ours);
    for (let step = 1; ; step += 1) {
      host.faults.failAtStep = step;
      const error = await scenario.applyOnly(next).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) break;
      expect(error).toMatchObject({ undone: true });
      expect(stateOf(host)).toEqual(held);
    }
    delete host.faults.failAtStep;
    expect(await scenario.refresh()).toEqual(next);
    await scenario.destroy();
    expect(stateOf(host)).toEqual(before);
  });
});

function hostWithOthers(seed: number): { readonly host: FakeHost; readonly before: readonly string[] } {
  const host = new FakeHost();
  Object.assign(host.subsystems, { ip: new FakeIp(IP_STAGE) });
  const others = linesFor(seed).others.flatMap((line) =>
    readIp(splitWords(line).slice(1)).map(completeIpLine),
  );
  host.subsystems.ip.run(
    others
      .sort(byGround)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return { host, before: stateOf(host) };
}

function byGround(a: string, b: string): number {
  const ground = (line: string): number =>
    ['addr', 'route', 'rule'].findIndex((word) => line.includes(`${word} add`));
  return ground(a) - ground(b);
}

test('a state that the kernel refuses is not reached, and says so', async () => {
  const host = new FakeHost();
  const scenario = new Scenario(undefined, host);
  expect(await errorOf(scenario.apply({ a: 'ip route add 10.5.0.0/16 via 203.0.113.1' }))).toMatchObject({
    problems: [{ code: 'refused-by-host', part: 'a' }],
  });
});
