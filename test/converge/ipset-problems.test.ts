// Plans of sets that are refused before the host is touched: what is nowhere, of the wrong shape, or used by others.
import { describe, expect, test } from 'vitest';
import { Refused } from '../../lib/converge/errors';
import { InvalidInput } from '../../lib/model/errors';
import { hand, newScenario, PARTS } from './ipset-scenario';
import type { Scenario } from './scenario';
import { errorOf } from './scenario';

describe('a plan is refused', () => {
  test.each<readonly [what: string, host: readonly string[], parts: string, problem: string]>([
    [
      'for a member of a set that is nowhere',
      ['create BLOCKED hash:ip'],
      'ipset add BLOKED 192.0.2.1',
      'unknown-set: no part declares set BLOKED, and the host has none -> if BLOCKED is meant, write it so; or add `ipset create BLOKED TYPE`',
    ],
    [
      'for a rule that names such a set',
      [],
      'ipset create BLOCKED hash:ip\niptables -A INPUT -m set --match-set BLOKED src -j DROP',
      'unknown-set: no part declares set BLOKED, and the host has none -> if BLOCKED is meant, write it so; or add `ipset create BLOKED TYPE`',
    ],
    [
      'for a rule alone, too',
      [],
      'iptables -A INPUT -j SET --add-set NOSUCH src',
      'unknown-set: no part declares set NOSUCH, and the host has none -> check the name, or add `ipset create NOSUCH TYPE`',
    ],
    [
      'for a list of what is nowhere',
      [],
      'ipset create L list:set\nipset add L NOSUCH',
      'unknown-set: no part declares set NOSUCH, and the host has none -> check the name, or add `ipset create NOSUCH TYPE`',
    ],
    [
      'for a list that holds a list of the host',
      ['create M list:set'],
      'ipset create L list:set\nipset add L M',
      'bad-member: M is a list of sets on the host, and list L cannot hold it -> add the sets that it holds instead',
    ],
    [
      'for a member of another shape than the set of others has',
      ['create THEIRS hash:ip,port'],
      'ipset add THEIRS 192.0.2.1',
      'bad-member: 192.0.2.1 is no member of a set of type hash:ip,port -> write it so, or declare the set with a type whose members have 1 value',
    ],
    [
      'for a member that stands for others there',
      ['create THEIRS hash:ip'],
      'ipset add THEIRS 192.0.2.0/30',
      'bad-member: 192.0.2.0/30 is 192.0.2.0 192.0.2.1 192.0.2.2 and 1 more in set THEIRS, which others made -> write a line for each of them',
    ],
    [
      'for a set that is there and different',
      ['create S hash:net'],
      'ipset create S hash:ip',
      'foreign-entry: set S is on the host already, differs from what is declared, and is not of this scope -> declare it as it is on the host, or choose another; or, if it may be changed, put the line of the host into adopt',
    ],
  ])('%s', async (_what, host, parts, problem) => {
    const scenario = newScenario(...host);
    const error = await errorOf(scenario.plan({ a: parts }));
    expect(error).toBeInstanceOf(InvalidInput);
    const problems = error instanceof InvalidInput ? error.problems : [];
    expect(problems.map(({ code, what, fix }) => `${code}: ${what} -> ${fix ?? ''}`)).toEqual([problem]);
    expect(problems[0]?.at).toMatch(/^part "a", line [12]$/);
  });

  test.each([
    [
      'a rule of others uses',
      (scenario: Scenario) => {
        scenario.byHand('-A PREROUTING -m set --match-set WEB dst,dst -j ACCEPT');
      },
    ],
    [
      'a list of others holds',
      (scenario: Scenario) => {
        hand(scenario, 'create THEIR-LIST list:set', 'add THEIR-LIST WEB');
      },
    ],
  ])('where a set would go that %s, and the plan names the user', async (_what, use) => {
    const scenario = newScenario();
    await scenario.apply(PARTS);
    await scenario.refresh();
    use(scenario);
    const gone = { '20-web': 'sysctl net.ipv4.ip_forward=1' };
    for (const error of [await errorOf(scenario.plan(gone)), await errorOf(scenario.planDestroy())]) {
      expect(error).toBeInstanceOf(Refused);
      expect(error).toMatchObject({ code: 'in-use' });
      expect(String(error)).toMatch(
        /set WEB cannot be removed, others use it:\n(iptables -t nat -A PREROUTING|ipset add THEIR-LIST WEB)/,
      );
    }
    const other = { '20-web': PARTS['20-web'].replaceAll('hash:ip,port', 'hash:net,port') };
    expect(await errorOf(scenario.plan(other))).toMatchObject({ problems: [{ code: 'set-in-use' }] });
  });

  test('where the kernel lacks the module of a type', async () => {
    const scenario = newScenario();
    scenario.host.missingModules.add('ip_set_hash_ipport');
    expect(await errorOf(scenario.plan(PARTS))).toMatchObject({
      problems: [
        {
          code: 'missing-module',
          what: "the host's kernel has no module ip_set_hash_ipport, which the line needs",
        },
      ],
    });
  });
});
