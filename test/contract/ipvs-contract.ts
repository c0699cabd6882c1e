// The contract of hosts about IPVS: run against the host in memory and against a lab host with a kernel of its own.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Host, Outcome, Transaction } from '../../lib/converge/host';
import type { Step } from '../../lib/converge/plan';
import { NEVER, question, restore, step, transaction } from './transactions';

export interface IpvsSubject {
  readonly host: Host;
  /** Somebody else's hand: input for `ipvsadm -R`. */
  hand(text: string): Promise<void>;
  /** No virtual server, no rule and no file of ours is left. */
  reset(): Promise<void>;
}

const WEB = '-A -t 192.0.2.1:80 -s rr';
const ONE = '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1';
const TWO = '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 2 -x 100 -y 80';
const DNS = '-A -u 192.0.2.1:53 -s sh -p 100 -M 255.255.255.0 --pe sip -o -b sh-fallback,sh-port';
const SIX = '-A -f 7 -6 -s wlc';
const SIX_REAL = '-a -f 7 -6 -r [2001:db8::5]:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum -x 9';

export function ipvsContract(subject: () => IpvsSubject): void {
  beforeEach(() => subject().reset());

  const read = async (): Promise<string[]> => {
    const { sections } = await subject().host.read(question({ reads: ['ipvs'], modules: ['ip_vs'] }));
    return linesOf(sections.get('ipvs') ?? '').sort();
  };

  const run = (given: Transaction): Promise<Outcome> =>
    subject().host.transact(question({ reads: ['ipvs'], modules: ['ip_vs'] }), () => given, NEVER);

  describe('a reading of IPVS', () => {
    test('has each server as ipvsadm saves it, thresholds behind it', async () => {
      await subject().hand(lines(WEB, ONE, TWO, DNS, SIX, SIX_REAL));
      expect(await read()).toEqual([WEB, ONE, TWO, DNS, SIX, SIX_REAL].sort());
    });

    test('of a host without servers has none', async () => {
      expect(await read()).toEqual([]);
    });

    test('names the module that the kernel does not have', async () => {
      const { missingModules } = await subject().host.read(
        question({ modules: ['ip_vs', 'ip_vs_rr', 'ip_vs_twos', 'ip_vs_pe_sip'] }),
      );
      expect(missingModules).toEqual(['ip_vs_twos']);
    });
  });

  test('connections are counted for each real server that is there', async () => {
    await subject().hand(lines(WEB, ONE, SIX, SIX_REAL));
    expect(await subject().host.countConnections()).toEqual(
      new Map([
        ['real-server -t 192.0.2.1:80 -r 10.0.0.1:80', 0],
        ['real-server -f 7 -6 -r [2001:db8::5]:0', 0],
      ]),
    );
  });

  test('of a host without servers no connections are counted', async () => {
    expect(await subject().host.countConnections()).toEqual(new Map());
  });

  describe('a transaction on IPVS', () => {
    test('adds, changes and removes servers', async () => {
      await subject().hand(lines(WEB, ONE, TWO, SIX, SIX_REAL));
      const weight = ONE.replace('-w 1', '-w 5');
      const given = ipvsTransaction(
        [
          ipvsStep(
            [
              DNS,
              edited(WEB.replace('rr', 'wrr')),
              edited(weight),
              edited(TWO.replace('-x 100 -y 80', '-x 7')),
            ],
            [edited(TWO), edited(ONE), edited(WEB), '-D -u 192.0.2.1:53'],
          ),
          ipvsStep(['-D -f 7 -6'], [SIX, SIX_REAL]),
        ],
        { present: [weight, DNS], absent: [ONE, TWO, SIX, SIX_REAL] },
      );
      expect(await run(given)).toEqual({ kind: 'kept' });
      expect(await read()).toEqual(
        [WEB.replace('rr', 'wrr'), weight, TWO.replace('-x 100 -y 80', '-x 7'), DNS].sort(),
      );
    });

    test.each([
      [
        'a real server of no virtual server',
        '-a -t 192.0.2.9:80 -r 10.0.0.1:80 -m -w 1',
        /Service not defined/,
      ],
      ['a virtual server that is there', WEB, /Service already exists/],
      ['a real server that is there', ONE, /Destination already exists/],
      ['a change of what is not there', '-e -t 192.0.2.1:80 -r 10.0.0.9:80 -m -w 1', /No such destination/],
      ['a scheduler that the kernel lacks', '-A -t 192.0.2.9:80 -s twos', /Scheduler or persistence engine/],
      ['a line that ipvsadm does not understand', '-A -t 192.0.2.9:80 -s rr --nosuch', /./],
    ])('that is refused %s is undone, what came before and after it too', async (_what, bad, words) => {
      await subject().hand(lines(WEB, ONE, SIX));
      const given = ipvsTransaction(
        [
          ipvsStep(
            [edited(SIX.replace('wlc', 'rr')), bad, TWO, DNS],
            ['-D -u 192.0.2.1:53', gone(TWO), edited(SIX)],
          ),
        ],
        { present: [SIX.replace('wlc', 'rr'), TWO, DNS], absent: [SIX] },
      );
      const outcome = await run(given);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'ipvsadm', undone: true });
      expect(outcome.kind === 'failed' ? outcome.message : '').toMatch(words);
      expect(await read()).toEqual([WEB, ONE, SIX].sort());
    });

    test('is undone where a later step fails, thresholds and all', async () => {
      await subject().hand(lines(WEB, ONE, TWO, DNS));
      const broken = step('nat', ['-A POSTROUTING -m nosuch'], []);
      const given = ipvsTransaction([ipvsStep(['-D -t 192.0.2.1:80'], [WEB, ONE, TWO]), broken], {
        present: [],
        absent: [WEB, ONE, TWO],
      });
      expect(await run(given)).toMatchObject({ kind: 'failed', step: 'iptables -t nat', undone: true });
      expect(await read()).toEqual([WEB, ONE, TWO, DNS].sort());
    });

    test('is undone where the host holds something else afterwards', async () => {
      const given = ipvsTransaction([ipvsStep([WEB], ['-D -t 192.0.2.1:80'])], {
        present: [WEB, ONE],
        absent: [],
      });
      const outcome = await run(given);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'verify' });
      expect(await read()).toEqual([]);
    });
  });

  describe('a proof of IPVS', () => {
    test('tries servers where there are none, and says how they are saved', async () => {
      await subject().hand(lines(WEB, ONE));
      const proof = await subject().host.prove({ ipvs: lines(WEB, TWO, SIX, SIX_REAL) });
      const saved = proof.kind === 'proved' ? linesOf(proof.saves.get('ipvs') ?? '') : [];
      expect(saved.sort()).toEqual([WEB, TWO, SIX, SIX_REAL].sort());
      expect(await read()).toEqual([WEB, ONE].sort());
    });

    test('names the line that is refused, in the words of ipvsadm', async () => {
      const bad = '-a -t 192.0.2.9:80 -r 10.0.0.1:80 -m -w 1';
      expect(await subject().host.prove({ ipvs: lines(WEB, ONE, bad, TWO) })).toEqual({
        kind: 'refused',
        stage: 'ipvs',
        line: 3,
        message: 'Service not defined',
      });
    });

    test('of rules beside it is of both', async () => {
      const rules = restore('nat', '-A POSTROUTING -m ipvs --vaddr 192.0.2.1 --vport 80 -j MASQUERADE');
      const proof = await subject().host.prove({ ipvs: lines(WEB, ONE), ipv4: rules });
      expect(proof.kind === 'proved' ? [...proof.saves.keys()] : proof).toEqual(['ipvs', 'ipv4']);
    });
  });
}

function ipvsTransaction(
  steps: readonly Step[],
  { present, absent }: { readonly present: readonly string[]; readonly absent: readonly string[] },
): Transaction {
  const given = transaction(steps);
  const prints = (texts: readonly string[]): string =>
    [...texts]
      .sort()
      .map((text) => `ipvs ${text}\n`)
      .join('');
  return {
    ...given,
    expected: {
      ...given.expected,
      entries: { subsystems: ['ipvs'], present: prints(present), absent: prints(absent) },
    },
  };
}

function ipvsStep(forward: readonly string[], inverse: readonly string[]): Step {
  return {
    name: 'ipvsadm',
    kind: 'ipvs',
    forward: lines(...forward),
    inverse: lines(...inverse),
    changes: [],
  };
}

function edited(line: string): string {
  return line.replace(/^-A/, '-E').replace(/^-a/, '-e');
}

function gone(line: string): string {
  return line.replace(/^-a (.* -r \S+).*$/, '-d $1');
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
