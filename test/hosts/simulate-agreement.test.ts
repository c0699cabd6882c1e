// Random rule sets and packets through a host between a client and a server: the kernel does what the simulator says may become of each
// packet, and what it says is never "not known". The seed is printed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FIRST_SEED } from '../run/seed';

const execute = promisify(execFile);
const PROGRAM = join(__dirname, 'fixtures/agree-on-packets.ts');
const TRIALS = 100;
const PACKETS = 20;
const MOST_MS = 170_000;

interface Told {
  /** What the kernel did, in its own words, and how often. */
  readonly counts: Readonly<Record<string, number>>;
  readonly disagreements: readonly string[];
}

/** The namespaces end with the program, whatever becomes of it. */
async function ask(tool: string): Promise<Told> {
  const words = ['--import', 'tsx', PROGRAM, tool, `${FIRST_SEED}`, `${TRIALS}`, `${PACKETS}`];
  const { stdout } = await execute('unshare', ['-n', process.execPath, ...words], { timeout: MOST_MS });
  const told: unknown = JSON.parse(stdout);
  if (!isTold(told)) throw new Error(stdout);
  return told;
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'counts' in value && 'disagreements' in value;
}

describe.each(['iptables-nft', 'iptables-legacy'])('%s', (tool) => {
  test(
    `agrees on ${TRIALS * PACKETS} packets, seed ${FIRST_SEED}`,
    async () => {
      const { counts, disagreements } = await ask(tool);
      const [first = ''] = disagreements;
      expect(disagreements.length, `seed ${FIRST_SEED}, the first of them:\n${first}`).toBe(0);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(TRIALS * PACKETS);
      // The random rules must not let all packets through, nor stop all.
      expect(counts['received']).toBeGreaterThan(TRIALS * PACKETS * 0.3);
      expect(counts['received']).toBeLessThan(TRIALS * PACKETS * 0.9);
      expect(counts['ECONNREFUSED']).toBeGreaterThan(0);
    },
    MOST_MS + 10_000,
  );
});
