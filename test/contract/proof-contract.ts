// The contract of hosts: what a proof in a throw-away namespace answers.
import { describe, expect, test } from 'vitest';
import { toLiveChains } from '../../lib/converge/live';
import type { Subject } from './subject';
import { stateOf } from './subject';
import { restore } from './transactions';

export function proofContract(subject: () => Subject): void {
  describe('a proof', () => {
    test.each([
      ['known words', '-s 10.0.0.0/8 -p tcp -m tcp --dport 80 -j RETURN', undefined],
      ['the time match', '-m time --timestart 09:00 --timestop 17:00 -j RETURN', TIME],
      ['the string match', '-m string --algo bm --string foo -j RETURN', STRING],
    ])('gives %s in the words of the host', async (_name, text, words) => {
      const proof = await subject().host.prove({
        ipv4: restore('mangle', ':GW-A - [0:0]', '-A GW-A -j ACCEPT', `-A GW-A ${text}`),
      });
      const save = proof.kind === 'proved' ? (proof.saves.get('ipv4') ?? '') : '';
      expect(toLiveChains(save, 'ipv4').get('ipv4 mangle GW-A')?.rules).toEqual(['-j ACCEPT', words ?? text]);
    });

    test('of several tables gives them all', async () => {
      const proof = await subject().host.prove({
        ipv4: restore('nat', '-A PREROUTING -j ACCEPT') + restore('filter', '-A INPUT -j DROP'),
      });
      const chains = toLiveChains(proof.kind === 'proved' ? (proof.saves.get('ipv4') ?? '') : '', 'ipv4');
      expect(chains.get('ipv4 nat PREROUTING')?.rules).toEqual(['-j ACCEPT']);
      expect(chains.get('ipv4 filter INPUT')?.rules).toEqual(['-j DROP']);
    });

    test.each([
      ['an unknown match', '-m nosuch --foo 1 -j RETURN'],
      ['a target that is nowhere', '-j NOSUCH'],
      ['a port that is none', '-p tcp -m tcp --dport 70000 -j RETURN'],
      ['an option without its match', '--dport 80 -j RETURN'],
      ['a target of another table', '-j MASQUERADE'],
      ['a jump to a built-in chain', '-j INPUT'],
    ])('refuses %s', async (_name, text) => {
      const proof = await subject().host.prove({
        ipv4: restore('filter', ':GW-A - [0:0]', '-A FORWARD -j GW-A', `-A GW-A ${text}`),
      });
      expect(proof).toMatchObject({ kind: 'refused' });
      expect(proof.kind === 'refused' ? proof.message : '').not.toBe('');
    });

    test.each([
      ['a chain that leads back to itself', ['-A GW-A -j GW-A']],
      ['chains that lead back to each other', ['-A GW-A -j GW-B', '-A GW-B -j GW-A']],
    ])('refuses %s', async (_name, rules) => {
      const proof = await subject().host.prove({
        ipv4: restore('filter', ':GW-A - [0:0]', ':GW-B - [0:0]', ...rules, '-A FORWARD -j GW-A'),
      });
      expect(proof).toMatchObject({ kind: 'refused' });
    });

    test('names the line of a rule whose words are wrong', async () => {
      const proof = await subject().host.prove({
        ipv4: restore('nat', ':GW-A - [0:0]', '-A GW-A -j RETURN', '-A GW-A -m nosuch', '-A GW-A -j ACCEPT'),
      });
      expect(proof).toMatchObject({ kind: 'refused', line: 4 });
    });

    test('does not touch the host', async () => {
      await subject().hand(restore('nat', '-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE'));
      const before = await stateOf(subject());
      await subject().host.prove({
        ipv4: restore('nat', ':POSTROUTING DROP [0:0]', '-A POSTROUTING -j ACCEPT'),
      });
      expect(await stateOf(subject())).toEqual(before);
      expect((await subject().runFiles()).filter((name) => name !== 'lock')).toEqual([]);
    });
  });
}

/** Where the tool that makes namespaces can be made to fail. */
export function unavailableProofContract(subject: () => Subject): void {
  test('a proof says why where there are no namespaces', async () => {
    await subject().forbidNamespaces();
    const proof = await subject().host.prove({ ipv4: restore('nat', '-A POSTROUTING -j ACCEPT') });
    expect(proof).toMatchObject({ kind: 'unavailable' });
    expect(proof.kind === 'unavailable' ? proof.message : '').toMatch(/unshare/);
  });
}

const TIME = '-m time --timestart 09:00:00 --timestop 17:00:00 --datestop 2038-01-19T03:14:07 -j RETURN';
const STRING = '-m string --string "foo" --algo bm -j RETURN';
