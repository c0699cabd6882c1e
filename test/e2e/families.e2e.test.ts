import { expect, test } from 'vitest';
import { isNoChange } from '../../lib/cli/demo/story';
import { gates } from './fixtures/gates';
import { hostBlock, providerBlock } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { shownLines } from './fixtures/shown-lines';
import { TerraformFolder } from './fixtures/terraform-folder';

const scene = labForFile(gates({ gate1: {} }));

const PARTS = {
  '10-v4': `iptables -t nat -A PREROUTING -p tcp --dport 80 -j GW-WEB
iptables -t nat -A GW-WEB -p tcp -j DNAT --to-destination 192.0.2.9:8080
`,
  '20-v6': `ip6tables -t nat -A PREROUTING -d 2001:DB8::1 -p tcp --dport 80 -j GW-WEB
ip6tables -t nat -A GW-WEB -p tcp -j DNAT --to-destination [fd00::0:9]:8080
ip6tables -A FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT
ip6tables -P FORWARD DROP
`,
};

function configuration(parts: Readonly<Record<string, string>>): string {
  return providerBlock(scene.lab) + hostBlock(scene.lab, { name: 'gate', host: 'gate1', parts });
}

/** The rules of both families as the host saves them, without counters. */
async function rules(): Promise<string> {
  const saved = await onHost(scene.lab, 'gate1', 'sh', '-c', 'iptables-save; ip6tables-save');
  return saved.replace(/^#.*\n/gm, '').replace(/ \[\d+:\d+\]$/gm, '');
}

test('rules of both families are applied, drift by line, are repaired, and go together', async () => {
  await onHost(scene.lab, 'gate1', 'ip6tables', '-A', 'FORWARD', '-s', 'fd00::66', '-j', 'DROP');
  const folder = await TerraformFolder.make(scene.folder('families'), configuration(PARTS));
  await folder.apply();
  const applied = await rules();
  expect(applied).toContain('-A GW-WEB -p tcp -j DNAT --to-destination [fd00::9]:8080\n');
  expect(await folder.plan()).toSatisfy(isNoChange);

  const hand = `*nat\n-D GW-WEB 1\n-A GW-WEB -s fd00::7 -j RETURN\nCOMMIT\n*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n`;
  await scene.lab.exec('gate1', ['ip6tables-restore', '--noflush'], { stdin: hand });
  expect(shownLines(await folder.plan())).toEqual([
    'gate "20-v6" + ip6tables -t nat -A GW-WEB -p tcp -j DNAT --to-destination [fd00::0:9]:8080',
    'gate "20-v6" - ip6tables -t filter -P FORWARD ACCEPT',
    'gate "20-v6" + ip6tables -P FORWARD DROP',
    'gate "~unexpected" - ip6tables -t nat -A GW-WEB -s fd00::7/128 -j RETURN',
  ]);
  await folder.apply();
  expect(await rules()).toBe(applied);

  await folder.destroy();
  const left = await rules();
  expect(left).not.toMatch(/GW-|gatewright|FORWARD DROP/);
  expect(left).toContain('-A FORWARD -s fd00::66/128 -j DROP\n');
});

test('an address of the other family fails the plan by part and line', async () => {
  const parts = { '20-v6': 'ip6tables -A INPUT -s 192.0.2.7 -j DROP\n' };
  const folder = await TerraformFolder.make(scene.folder('families'), configuration(parts));
  expect(await folder.messages('plan')).toContainEqual({
    severity: 'error',
    summary: 'ip6tables takes IPv6 addresses, got 192.0.2.7',
    detail: expect.stringContaining('part "20-v6", line 1') as string,
  });
});
