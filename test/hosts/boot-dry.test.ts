// The dry load on hosts: it takes what a boot would take, finds what a boot would not, and leaves the host as it is.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BOOT_SHELL } from '../../lib/converge/shell/boot';
import { SUBSYSTEM_SHELL } from '../../lib/converge/shell/subsystem-shell';
import type { Parts } from '../../lib/model/declaration';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { GENERATION, keepGeneration, mustExec } from './fixtures/kept-generation';

const links = { eth0: { network: 'lan', addresses: ['182.16.100.1/24'] } };
const run = labForFile({
  hosts: {
    nft: { kind: 'namespace', iptables: 'nft', links },
    legacy: { kind: 'namespace', iptables: 'legacy', links: { eth0: { ...links.eth0, network: 'lan2' } } },
  },
});

const PARTS: Parts = {
  a: lines(
    'sysctl net.ipv4.conf.eth0.rp_filter=2',
    'ip addr add 182.16.100.101/24 dev eth0',
    'ip -6 addr add fd00:96::a/64 dev eth0',
    'ip route add 10.42.0.0/16 via 182.16.100.9',
    'ip -6 route add fd00:41::/64 via fd00:96::9 src fd00:96::a',
    'ipset create WEB hash:ip,port comment',
    'ipset add WEB 192.0.2.1,https comment "the shop"',
    'ipset create ALL list:set',
    'ipset add ALL THEIRS',
    'ipset add ALL WEB',
    'iptables -t nat -A POSTROUTING -m set --match-set THEIRS src -j MASQUERADE',
    'iptables -I FORWARD -s 192.0.2.5 -j DROP',
    'iptables -A GW-FORWARD -s 192.0.2.6 -j OTHERS',
    'iptables -A OTHERS -s 192.0.2.6 -j GW-FORWARD',
    'iptables -P FORWARD DROP',
    'ip6tables -A FORWARD -s fd00::7 -j ACCEPT',
  ),
};

interface DryLoaded {
  readonly exitCode: number | undefined;
  readonly words: string;
}

/** The generation before it, with the sums as they are sealed. */
const PREVIOUS = GENERATION.replace(/1$/, '0');

describe.each(['nft', 'legacy'])('with iptables-%s', (host) => {
  const hand = (script: string, stdin = ''): Promise<string> =>
    mustExec(run.lab, host, ['sh', '-ec', script], stdin);
  const stateOf = (): Promise<string> =>
    hand("{ iptables-save; ip6tables-save; ipset save; ip addr; ip route; } | sed '/^#/d; s/tentative //'");

  beforeAll(async () => {
    await hand('ipset create THEIRS hash:net; iptables -N OTHERS; iptables -A OTHERS -j RETURN');
  });
  beforeEach(async () => {
    await keepGeneration(run.lab, host, { parts: PARTS });
  });

  const dryLoad = async (previous = ''): Promise<DryLoaded> => {
    const program = `state=/var/lib/gatewright; run=/run/gatewright; work=$(mktemp -d)
${SUBSYSTEM_SHELL}${BOOT_SHELL}
dry_load ${GENERATION} default ${previous}
code=$?
[ "$(ls "$work")" = "" ] || { ls "$work"; code=99; }
rm -r "$work"
exit "$code"`;
    const { exitCode, stdout, stderr } = await run.lab.exec(host, ['sh', '-s'], { stdin: program });
    return { exitCode, words: `${stdout}${stderr}` };
  };

  test('all that a boot would load is taken, and the host is as it was', async () => {
    const before = await stateOf();
    expect(await dryLoad()).toEqual({ exitCode: 0, words: '' });
    expect(await stateOf()).toBe(before);
  });

  test.each<readonly [file: string, line: string, words: string]>([
    ['ipv4', '*filter\n-A FORWARD -j NOSUCH\nCOMMIT', 'iptables-restore: '],
    ['ipv6', '*filter\n-A GW-NOSUCH -j DROP\nCOMMIT', 'ip6tables-restore: '],
    ['ipset', 'add WEB 192.0.2.1', 'ipset restore: '],
    ['ip', 'route add unicast 10.9.0.0/16 via 203.0.113.1 table 254 proto 3 scope 0', 'ip, not taken: '],
    ['sysctls', 'net/ipv4/nosuch 1', 'sysctl net/ipv4/nosuch is not there'],
  ])('a line in %s that would be refused is told', async (file, line, words) => {
    await hand(`cat >> ${GENERATION}/boot/default/${file}`, `${line}\n`);
    const told = await dryLoad();
    expect(told.exitCode).toBe(1);
    expect(told.words).toContain(words);
  });

  test('where there can be no namespace it is said, and is no failure', async () => {
    await hand(
      "printf '#!/bin/sh\\necho not permitted >&2; exit 1\\n' > /usr/local/sbin/unshare; chmod 755 /usr/local/sbin/unshare",
    );
    expect(await dryLoad()).toEqual({ exitCode: 0, words: 'not tried: not permitted\n' });
    await hand('rm /usr/local/sbin/unshare');
  });

  describe('behind a generation that was tried', () => {
    /** No tool takes it, so it tells whether it was tried. */
    const BAD = '-A GW-FORWARD -s 192.0.2.300 -j DROP';
    const SECTION = 'iptables-restore: ';
    const file = (generation: string): string => `${generation}/boot/default/ipv4`;

    /** Has a line that would be refused in a chain of ours; only its record says that it was tried. */
    beforeEach(async () => {
      expect(await dryLoad()).toEqual({ exitCode: 0, words: '' });
      await hand(`sed -i '/^-A GW-FORWARD -s 192.0.2.6/i\\${BAD}' ${file(GENERATION)}
rm -rf ${PREVIOUS}; cp -R ${GENERATION} ${PREVIOUS}; rm -r ${GENERATION}/dried
cd ${PREVIOUS}; cksum load boot/default/* > sums`);
    });

    test('what both have is not tried again, and what was tried then is told to the next', async () => {
      expect(await dryLoad(PREVIOUS)).toEqual({ exitCode: 0, words: '' });
      await hand(`cmp ${PREVIOUS}/dried/default ${GENERATION}/dried/default`);
    });

    test.each([
      ['no record of it', `rm -r ${PREVIOUS}/dried`],
      ['other tools', `sed -i 's/iptables/otables/' ${PREVIOUS}/dried/default`],
      ['another loader', `echo '# other' >> ${GENERATION}/load`],
      ['a file that is not as it was sealed', `echo '# by hand' >> ${file(PREVIOUS)}`],
      ['no sums', `rm ${PREVIOUS}/sums`],
      [
        'a rule that is new',
        `sed -i '/${BAD}/d' ${file(PREVIOUS)}; cd ${PREVIOUS}; cksum load boot/default/* > sums`,
      ],
      [
        'another rule in its chain',
        `sed -i 's/-j OTHERS$/-j DROP/' ${file(PREVIOUS)}; cd ${PREVIOUS}; cksum load boot/default/* > sums`,
      ],
      ['one rule less in its chain', `sed -i '/192.0.2.6.*OTHERS/d' ${file(GENERATION)}`],
    ])('with %s all is tried', async (_why, script) => {
      await hand(script);
      const told = await dryLoad(PREVIOUS);
      expect(told.words).toContain(SECTION);
      expect(told.exitCode).toBe(1);
      await hand(`[ ! -e ${GENERATION}/dried/default ]`);
    });

    test('a rule in a built-in chain is always tried, and finds the chain of ours that it jumps to', async () => {
      await hand(`sed -i '$i\\-A FORWARD -s 192.0.2.9 -j GW-FORWARD' ${file(GENERATION)}`);
      expect(await dryLoad(PREVIOUS)).toEqual({ exitCode: 0, words: '' });
      await hand(`sed -i 's/192.0.2.9/192.0.2.999/' ${file(GENERATION)}`);
      expect((await dryLoad(PREVIOUS)).words).toContain(SECTION);
    });
  });
});

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
