// Sets of 100,000 members over SSH, and types whose modules a kernel loads when they are wanted.
import { expect, test } from 'vitest';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { SetHost } from './fixtures/set-host';

const links = { eth0: { network: 'lan' } };
const run = labForFile({
  hosts: {
    nft: { kind: 'namespace', iptables: 'nft', links },
    modules: { kind: 'kernel', links },
  },
});

test('one member of 100,000 sends that member, and a refresh takes seconds', async () => {
  const host = await SetHost.open(run.lab, 'nft');
  const scenario = await host.reset();
  const members = Array.from({ length: 100_000 }, (_, index) => {
    const [a, b, c] = [index >> 16, (index >> 8) & 255, index & 255];
    return `ipset add MANY 10.${a}.${b}.${c}`;
  });
  const create = 'ipset create MANY hash:ip maxelem 131072';
  const parts = { a: create, b: members.slice(1).join('\n') };
  const started = Date.now();
  await scenario.applyOnly(parts);
  const applied = Date.now();
  expect(await scenario.refresh()).toEqual(parts);
  const refreshed = Date.now();
  const more = { ...parts, c: 'ipset add MANY 192.0.2.1' };
  await scenario.plan(more);
  const planned = Date.now();
  await host.subject.exec(['sh', '-ec', COUNT_LINES]);
  await scenario.applyOnly(more);
  const ended = Date.now();
  expect(await host.subject.exec(['cat', '/tmp/ipset.lines'])).toBe('add MANY 192.0.2.1 -exist\n');
  await host.subject.exec(['rm', '/usr/local/sbin/ipset', '/tmp/ipset.lines']);
  await host.hand('del MANY 10.1.0.0');
  const gone = await scenario.refresh();
  expect(gone['b']?.split('\n')).toHaveLength(99_998);
  await scenario.destroy();
  host.subject.close();
  console.info(
    `100,000 members: first apply ${applied - started} ms, refresh ${refreshed - applied} ms, ` +
      `plan of one more ${planned - refreshed} ms, apply of one more ${ended - planned} ms`,
  );
});

test('a kernel with modules loads what the types need, and holds types that the others lack', async () => {
  const host = await SetHost.open(run.lab, 'modules');
  const scenario = await host.reset();
  const parts = {
    a: [
      'ipset create MACS hash:mac',
      'ipset add MACS 2:0:5e:10:0:a',
      'ipset create PAIRS hash:ip,mac',
      'ipset add PAIRS 192.0.2.1,02:00:5e:10:00:01',
      'ipset create MARKS hash:ip,mark markmask 0xff',
      'ipset add MARKS 192.0.2.1,0x110',
      'ipset create NETS hash:net,net',
      'ipset add NETS 10.1.2.3/8,192.0.2.1',
      'ipset create THREE hash:net,port,net family inet6',
      'ipset add THREE 2001:db8::1/32,https,::/0',
      'ipset create PORTS bitmap:port range 0-1023 timeout 600',
      'ipset add PORTS https timeout 0',
      'iptables -A INPUT -m set --match-set NETS src,dst -j ACCEPT',
    ].join('\n'),
  };
  await scenario.apply(parts);
  expect(await scenario.refresh()).toEqual(parts);
  expect(await scenario.wording(parts)).toBe('prior');
  const modules = await host.subject.exec(['sh', '-c', 'ls /sys/module']);
  expect(modules).toMatch(/^ip_set_hash_netportnet$/m);
  expect(modules).toMatch(/^xt_set$/m);
  await scenario.destroy();
  expect(await host.saved()).toEqual(expect.not.arrayContaining([expect.stringContaining('MACS')]));
  host.subject.close();
});

/** Keeps what `ipset restore` is given in the host's own network namespace; a proof runs in another. */
const COUNT_LINES = `
readlink /proc/self/ns/net > /tmp/ipset.ns
cat > /usr/local/sbin/ipset <<'END'
#!/bin/sh
case " $* " in *" restore "*) ;; *) exec /usr/sbin/ipset "$@" ;; esac
[ "$(readlink /proc/self/ns/net)" = "$(cat /tmp/ipset.ns)" ] || exec /usr/sbin/ipset "$@"
tee -a /tmp/ipset.lines | /usr/sbin/ipset "$@"
END
chmod 755 /usr/local/sbin/ipset
`;
