// Links, addresses, routes and rules on real hosts over SSH, by three shells: apply, destroy, what leans on ours, and steps that stop half-way.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApplyFailed } from '../../lib/converge/errors';
import { errorOf } from '../converge/scenario';
import { IP_PARTS, IpLab } from './fixtures/ip-hosts';
import type { IpHost } from './fixtures/ip-hosts';

const SHELLS = ['dash', 'bash', 'busybox'] as const;
let lab: IpLab;

beforeAll(async () => {
  lab = await IpLab.up(SHELLS);
});

afterAll(async () => {
  await lab.down();
});

describe.each(SHELLS)('on a host with %s', (shell) => {
  let host: IpHost;

  beforeAll(async () => {
    host = await lab.open(shell);
  });

  beforeEach(async () => {
    await host.begin();
  });

  afterAll(() => {
    host.subject.close();
  });

  test('parts are applied, read back as written, and destroyed to what was there', async () => {
    await host.scenario.apply(IP_PARTS);
    expect(await host.scenario.refresh()).toEqual(IP_PARTS);
    expect(await host.scenario.wording(IP_PARTS)).toBe('prior');
    const after = await host.state();
    expect(host.before.filter((line) => !after.includes(line))).toEqual([]);
    expect(after.filter((line) => !host.before.includes(line))).toHaveLength(11);
    await host.scenario.destroy();
    expect(await host.state()).toEqual(host.before);
  });

  test('others keep their addresses and routes when ours, on which they lean, is removed', async () => {
    const ours = { a: 'ip addr add 10.7.0.1/24 dev eth1', b: 'ip addr add 10.7.1.1/24 dev eth1' };
    await host.scenario.apply(ours);
    const leaning = [
      'addr add 10.7.0.2/24 dev eth1',
      'route add 10.97.0.0/16 via 10.7.0.9',
      'route add 10.96.0.0/16 via 10.7.0.9 table 7',
    ];
    await host.hand(...leaning);
    await host.scenario.refresh();
    await host.scenario.apply({ b: ours.b });
    const after = await host.state();
    expect(after).toEqual(
      [
        ...host.before,
        'addr add 10.7.0.2/24 scope 0 dev eth1',
        'addr add 10.7.1.1/24 scope 0 dev eth1',
        'route add unicast 10.97.0.0/16 via 10.7.0.9 dev eth1 table 254 proto 3 scope 0',
        'route add unicast 10.96.0.0/16 via 10.7.0.9 dev eth1 table 7 proto 3 scope 0',
      ].sort(),
    );
    await host.scenario.destroy();
    await host.hand(
      'route del 10.97.0.0/16',
      'route del 10.96.0.0/16 table 7',
      'addr del 10.7.0.2/24 dev eth1',
    );
    expect(await host.state()).toEqual(host.before);
  });

  test.each(shell === 'dash' ? [1, 3, 5, 6, 8] : [3, 6])(
    'where batch %d of ip stops half-way, all before it is undone',
    async (batch) => {
      await host.scenario.apply({
        old: 'ip addr add 10.1.0.103/24 dev eth0\nip route add 10.5.90.0/24 via 10.1.0.7 src 10.1.0.103',
      });
      await host.scenario.refresh();
      const old = await host.state();
      const next = {
        ...IP_PARTS,
        old: 'ip addr add 10.1.0.103/24 dev eth0 label eth0:x\nip route add 10.5.90.0/24 via 10.1.0.8',
      };
      await host.scenario.plan(next);
      await host.subject.exec(
        [
          'sh',
          '-c',
          'cat > /usr/local/sbin/ip; chmod 755 /usr/local/sbin/ip; rm -f /tmp/batches; readlink /proc/self/ns/net > /tmp/netns',
        ],
        failingAt(batch),
      );
      try {
        const error = await errorOf(host.scenario.applyOnly(next));
        expect(error).toBeInstanceOf(ApplyFailed);
        expect(error).toMatchObject({ undone: true });
      } finally {
        await host.subject.exec(['rm', '/usr/local/sbin/ip']);
      }
      expect(await host.state()).toEqual(old);
      await host.scenario.refresh();
      await host.scenario.apply(next);
      expect(await host.scenario.refresh()).toEqual(next);
      await host.scenario.destroy();
      expect(await host.state()).toEqual(host.before);
    },
  );
});

/** Stands before the real one in the search path: of the batches that change the host itself, this one stops behind its first line. */
function failingAt(batch: number): string {
  return `#!/bin/sh
case " $* " in *" -force "* | *" -batch - "*) exec /sbin/ip "$@" ;; *" -batch "*) ;; *) exec /sbin/ip "$@" ;; esac
[ "$(readlink /proc/self/ns/net)" = "$(cat /tmp/netns)" ] || exec /sbin/ip "$@"
count=$(($(cat /tmp/batches 2> /dev/null || echo 0) + 1))
echo "$count" > /tmp/batches
[ "$count" = ${batch} ] || exec /sbin/ip "$@"
for file; do :; done
head -n 1 "$file" > /tmp/first
/sbin/ip "$1" -batch /tmp/first
echo 'told to fail'
exit 1
`;
}
