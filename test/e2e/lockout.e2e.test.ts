// Through terraform: a plan that would lock out is an error with the line to blame, and allow_lockout makes a warning of it.
import { expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { gates } from './fixtures/gates';
import { type Attributes, hostBlock, providerBlock } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { TerraformFolder } from './fixtures/terraform-folder';

const scene = labForFile({ networks: { lan: { operator: '192.0.2.254/24' } }, ...gates({ gate1: {} }) });

function configuration(parts: Parts, attributes: Attributes = {}): string {
  return providerBlock(scene.lab) + hostBlock(scene.lab, { name: 'gate1', parts, attributes });
}

const WALL = {
  '20-wall':
    'iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\niptables -P INPUT DROP\n',
};
const OUT = 'the apply would lock out SSH from 192.0.2.254 (where this session comes from) to 192.0.2.1:22';
const LINES = [
  'packet: the first packet of a new connection, tcp 192.0.2.254:* -> 192.0.2.1:22, in by eth0',
  'dropped: table filter, chain INPUT, by its policy DROP',
  'because of a line that is new:',
  'at: part "20-wall", line 2',
  'given: iptables -P INPUT DROP',
  'to do: let it in above: `iptables -I INPUT -s 192.0.2.254 -p tcp --dport 22 -j ACCEPT`; or set allow_lockout = true, and have another way in',
].join('\n');

test.each<[string, Parts, Attributes, 'error' | 'warning', string, string]>([
  ['refuses a policy DROP without an accept', WALL, {}, 'error', OUT, LINES],
  ['warns of it where lockout is allowed', WALL, { allow_lockout: 'true' }, 'warning', OUT, LINES],
  [
    'refuses what keeps a management network out',
    {
      '10-ssh': 'iptables -A INPUT -s 192.0.2.254 -p tcp --dport 22 -j ACCEPT\n',
      '20-wall': 'iptables -P INPUT DROP\n',
    },
    { management_cidrs: '["198.51.100.0/24"]' },
    'error',
    'the apply would lock out SSH from 198.51.100.0/24 (management_cidrs) to 192.0.2.1:22',
    LINES.replace('192.0.2.254:*', '198.51.100.0/24:*')
      .replace('line 2', 'line 1')
      .replace('-s 192.0.2.254', '-s 198.51.100.0/24'),
  ],
])('a plan %s', async (_name, parts, attributes, severity, summary, detail) => {
  const folder = await TerraformFolder.make(scene.folder('lockout'), configuration(parts, attributes));
  const told = (await folder.messages('plan')).filter((message) => message.severity === severity);
  expect(told).toEqual([expect.objectContaining({ severity, summary, detail })]);
});

test('a plan that lets the session in says nothing, and its apply is kept', async () => {
  const parts = { '10-ssh': 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT\n', ...WALL };
  const folder = await TerraformFolder.make(
    scene.folder('lockout'),
    configuration(parts, { management_cidrs: '["198.51.100.0/24"]' }),
  );
  expect((await folder.messages('plan')).filter(({ severity }) => severity !== 'info')).toEqual([]);
  await folder.apply();
  await folder.destroy();
});
