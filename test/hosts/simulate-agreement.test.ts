// Random rule sets and packets: where the simulator is sure whether a packet reaches the host, the kernel does the same. The seed is printed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrive } from '../../lib/simulate/journey';
import { dispositionOf } from '../../lib/simulate/trace';
import { addresses, packet, surroundings } from '../simulate/packets';
import { FIRST_SEED } from '../run/seed';
import type { Trial } from '../simulate/random-walls';
import { randomTrials } from '../simulate/random-walls';

const PROGRAM = join(__dirname, 'fixtures/try-packets.ts');

/** For each trial and packet, whether the kernel let it through to the host. */
function ask(tool: string, trials: readonly Trial[]): readonly (readonly boolean[])[] {
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    ['-n', process.execPath, '--import', 'tsx', PROGRAM, tool],
    {
      input: JSON.stringify(trials),
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`seed ${FIRST_SEED}: ${stderr}`);
  const told: unknown = JSON.parse(stdout);
  if (!Array.isArray(told)) throw new Error(stdout);
  return told.map((trial: unknown) => (Array.isArray(trial) ? trial.map((each) => each === true) : []));
}

describe.each(['iptables-nft', 'iptables-legacy'])('%s', (tool) => {
  test(`agrees on 200 packets, seed ${FIRST_SEED}`, () => {
    const trials = randomTrials(FIRST_SEED, { trials: 20, packets: 10 });
    const told = ask(tool, trials);
    let sure = 0;
    trials.forEach(({ lines, packets }, trial) => {
      packets.forEach(({ source, destination, port }, index) => {
        const walked = arrive(
          packet({
            source: addresses(source),
            destination: addresses(destination),
            destinationPorts: { first: port, last: port },
            inDevice: { kind: 'named', name: 'lo' },
          }),
          { ...surroundings(lines), isLocal: () => 'yes' },
        );
        const disposition = dispositionOf(walked);
        if (disposition === 'unknown') return;
        sure += 1;
        const where = `seed ${FIRST_SEED}, ${source} -> ${destination}:${port} through\n${lines.join('\n')}`;
        expect(disposition === 'delivered', where).toBe(told[trial]?.[index]);
      });
    });
    expect(sure).toBeGreaterThan(150);
  });
});
