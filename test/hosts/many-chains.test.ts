// Very many chains on hosts: no rule ever names a chain that is not whole, a killed apply leaves all old, and a boot loads them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toLiveChains } from '../../lib/converge/live';
import { usedChains } from '../../lib/converge/ownership';
import { LabSubject } from '../contract/lab-subject';
import { chainsOf } from '../contract/subject';
import { manyChains } from '../converge/many-chains';
import { errorOf } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { KILL_TRANSACTION } from './fixtures/faults';
import { GENERATION, keepGeneration, load } from './fixtures/kept-generation';
import { LabScenario } from './fixtures/lab-scenario';

const links = { eth0: { network: 'lan', addresses: ['182.16.100.1/24'] } };
const run = labForFile({
  hosts: {
    nft: { kind: 'namespace', iptables: 'nft', links },
    legacy: { kind: 'namespace', iptables: 'legacy', links: { eth0: { ...links.eth0, network: 'lan2' } } },
  },
});

const MANY = manyChains();
const UNTIL_DISARMED = 'until [ ! -e /run/gatewright/armed ]; do sleep 0.1; done';

type Chains = Readonly<Record<string, readonly string[]>>;

describe.each([
  ['nft', 3],
  ['legacy', 1],
])('with iptables-%s', (name, commits) => {
  let subject: LabSubject;
  let whole: Chains;

  beforeAll(async () => {
    subject = await LabSubject.open(run.lab, name);
    await subject.reset();
    const scenario = new LabScenario(run.lab, name);
    await scenario.apply(MANY);
    whole = rulesIn(await save());
    await scenario.close();
  });
  beforeEach(() => subject.reset());
  afterAll(() => {
    subject.close();
  });

  const sh = (script: string): Promise<string> => subject.exec(['sh', '-c', script]);
  const save = (): Promise<string> => sh('iptables-save -t nat');

  /** As the kernel has it at this moment: each chain that a rule names is there, as it shall be in the end. */
  function expectWholeTargets(chains: Chains): void {
    for (const target of new Set(Object.values(chains).flat().flatMap(usedChains)))
      if (target.startsWith('GW-')) expect(chains[target], target).toEqual(whole[target]);
    if (Object.hasOwn(chains, 'PREROUTING')) expect(chains['PREROUTING']).toEqual(whole['PREROUTING']);
  }

  test('whoever looks on while they are loaded and removed sees no rule that names a chain that is not whole', async () => {
    const scenario = new LabScenario(run.lab, name);
    const looking = sh(
      'rm -f /tmp/over; until [ -e /tmp/over ]; do iptables-save -t nat; echo "# seen"; done',
    );
    await scenario.apply(MANY);
    await scenario.refresh();
    await scenario.destroy();
    await sh(': > /tmp/over');
    const seen = (await looking).split('# seen\n').map(rulesIn);
    expect(seen.length).toBeGreaterThan(3);
    for (const chains of seen) expectWholeTargets(chains);
    await scenario.close();
  });

  describe.each(['an apply', 'a destroy'])('%s that is killed', (verb) => {
    test.each(Array.from({ length: commits }, (_, index) => index + 1))(
      'behind its commit %i is taken back whole',
      async (amount) => {
        const scenario = new LabScenario(run.lab, name);
        if (verb === 'a destroy') {
          await scenario.apply(MANY);
          await scenario.refresh();
        }
        const old = await chainsOf(subject);
        const { reached } = await subject.stall('after');
        const given = errorOf(verb === 'a destroy' ? scenario.destroy() : scenario.applyOnly(MANY));
        await reached();
        for (let commit = 1; commit < amount; commit += 1) {
          await sh('rm /tmp/traps/reached; echo go > /tmp/traps/after');
          await reached();
        }
        expectWholeTargets(rulesIn(await save()));
        // The trap holds what it caught, and nobody who comes later.
        await sh(`rm -r /tmp/traps; ${KILL_TRANSACTION}; ${UNTIL_DISARMED}`);
        await given;
        expect(await chainsOf(subject)).toEqual(old);
        expect(await subject.runFiles()).toEqual(['lock']);
        await scenario.close();
      },
    );
  });

  test('a boot loads them, and of what is there only what differs', async () => {
    await keepGeneration(run.lab, name, { parts: MANY });
    expect(await load(run.lab, name, 'rules')).toEqual({ exitCode: 0, words: '' });
    expect(rulesIn(await save())).toEqual(whole);
    await sh('iptables -t nat -F GW-SVC-7; iptables -t nat -F GW-SERVICES; iptables -t nat -N GW-OLD');
    expect(await load(run.lab, name, 'rules')).toEqual({ exitCode: 0, words: '' });
    expect(rulesIn(await save())).toEqual(whole);
    expect(await sh(`grep -c '^:' ${GENERATION}/boot/default/ipv4`)).toBe('1101\n');
  });
});

function rulesIn(save: string): Chains {
  return Object.fromEntries(
    [...toLiveChains(save, 'ipv4')].flatMap(([, { address, rules }]) =>
      address.chain.startsWith('GW-') || rules.length > 0 ? [[address.chain, rules]] : [],
    ),
  );
}
