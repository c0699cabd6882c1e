// Through terraform, as a user with sudo: a plan warns of the host that lacks conntrack, an apply deletes on the other.
import { expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { gates } from './fixtures/gates';
import { hostBlock, providerBlock } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { TerraformFolder } from './fixtures/terraform-folder';

const users = [{ name: 'ops', sudo: 'nopasswd' }] as const;
const scene = labForFile(gates({ gate1: { users }, gate2: { users, without: ['conntrack'] } }));

function configuration(endpoint: string): string {
  const rule = `iptables -t nat -A PREROUTING -d 10.96.0.10 -p udp --dport 53 -j DNAT --to-destination ${endpoint}:53\n`;
  const parts: Parts = { '50-dns': rule };
  const attributes = { user: '"ops"', sudo: 'true' };
  const hosts = ['gate1', 'gate2'].map((name) => hostBlock(scene.lab, { name, parts, attributes }));
  return providerBlock(scene.lab) + hosts.join('');
}

const ENTRY = '-s 192.0.2.9 -d 10.96.0.10 --sport 4001 --dport 53 -r 10.5.0.1 -q 192.0.2.9';
const MAKE = `conntrack -I -p udp -t 600 -u SEEN_REPLY ${ENTRY} --reply-port-src 53 --reply-port-dst 4001`;

test('an endpoint that goes is told where its clients would stay, and its entries go where they can', async () => {
  const folder = await TerraformFolder.make(scene.folder('conntrack'), configuration('10.5.0.1'));
  await folder.apply();
  await onHost(scene.lab, 'gate1', ...MAKE.split(' '));
  folder.write(configuration('10.5.0.2'));
  const told = (await folder.messages('plan')).filter(({ severity }) => severity !== 'info');
  expect(told.map(({ severity, summary }) => `${severity}: ${summary.replace(/:\d+/, '')}`)).toEqual([
    'warning: 127.0.0.1 has no conntrack(8): UDP clients that go on sending keep the endpoint that they have',
  ]);
  expect(told[0]?.detail).toContain('\nudp 10.96.0.10:53 -> 10.5.0.1:53\n');
  await folder.apply();
  expect(await onHost(scene.lab, 'gate1', 'conntrack', '-L', '-p', 'udp')).toBe('');
  await folder.destroy();
});
