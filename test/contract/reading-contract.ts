// The contract of hosts: what one reading answers.
import { describe, expect, test } from 'vitest';
import { toLiveChains } from '../../lib/converge/live';
import type { Subject } from './subject';
import { chainsOf, stateOf } from './subject';
import { DIGEST, MARK, question, RECORD, restore, run, transaction } from './transactions';

export function readingContract(subject: () => Subject): void {
  describe('a reading', () => {
    test('of an empty host has no rules, and neither manifest nor record', async () => {
      const reading = await subject().host.read(question());
      expect([...toLiveChains(reading.ipv4, 'ipv4').values()].flatMap(({ rules }) => rules)).toEqual([]);
      expect(reading).not.toHaveProperty('manifest');
      expect(reading).not.toHaveProperty('declared');
    });

    test('has chains, rules and policies as the tools save them', async () => {
      await subject().hand(
        restore('nat', ':GW-A - [0:0]', '-A GW-A -j RETURN', `-A POSTROUTING ${MARK} -j GW-A`),
      );
      await subject().hand(restore('filter', ':FORWARD DROP [0:0]', ':DOCKER-USER - [0:0]'));
      const { ipv4 } = await subject().host.read(question());
      const chains = toLiveChains(ipv4, 'ipv4');
      expect(chains.get('ipv4 nat GW-A')?.rules).toEqual(['-j RETURN']);
      expect(chains.get('ipv4 nat POSTROUTING')).toMatchObject({
        policy: 'ACCEPT',
        rules: [`${MARK} -j GW-A`],
      });
      expect(chains.get('ipv4 filter FORWARD')).toMatchObject({ policy: 'DROP', rules: [] });
      expect(chains.get('ipv4 filter DOCKER-USER')).not.toHaveProperty('policy');
    });

    test.each([
      ['there', 'net.ipv4.ip_forward', '0'],
      ['absent', 'net.ipv4.nosuch', undefined],
      ['of another device, with a dot in its name', 'net.ipv4.conf.eth0/7.forwarding', undefined],
    ])('has a sysctl that is %s', async (_name, key, value) => {
      const reading = await subject().host.read(question({ sysctls: [key] }));
      expect([...reading.sysctls]).toEqual([[key, value]]);
    });

    test('has the manifest, and the record unless its digest is known', async () => {
      await run(subject().host, transaction([]));
      const file = `${DIGEST}\n${RECORD}`;
      expect(await subject().host.read(question())).toMatchObject({ manifest: '{}\n', declared: file });
      const knowing = await subject().host.read(question({ declaredDigest: DIGEST }));
      expect(knowing.manifest).toBe('{}\n');
      expect(knowing).not.toHaveProperty('declared');
      const other = await subject().host.read(question({ scope: 'other' }));
      expect(other).not.toHaveProperty('declared');
    });

    test('changes nothing and leaves nothing', async () => {
      await subject().hand(restore('nat', '-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE'));
      const before = await stateOf(subject());
      await subject().host.read(question());
      expect(await stateOf(subject())).toEqual(before);
      expect(before).toMatchObject({ files: undefined });
      expect((await subject().runFiles()).filter((name) => name !== 'lock')).toEqual([]);
      expect(await chainsOf(subject())).toEqual({
        'ipv4 nat POSTROUTING': ['-s 10.0.0.0/8 -j MASQUERADE'],
      });
    });
  });
}
