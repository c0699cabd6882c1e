// The headings of docs/troubleshooting.md are texts that a user meets: each is one of ours, word for word, or is named here.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(__dirname, '../..');

const OF_TERRAFORM = [
  'Failed to query available provider packages',
  'Could not retrieve providers for locking',
  "doesn't match any of the checksums previously recorded in the dependency lock file",
  'Incomplete lock file information for providers',
  'there is no package for registry.terraform.io/gatewright/gatewright … cached in .terraform/providers',
  'does not have a package available for your current platform',
  "Failed to instantiate provider … Failed to read any lines from plugin's stdout",
];

const OF_IPTABLES = ['Another app is currently holding the xtables lock'];

const SITUATIONS = [
  'The connection was cut in an apply',
  'The plan shows the same difference again',
  'After a reboot everything is gone',
  'I have locked myself out',
  'A process `node … start.js --stay …` runs beside Terraform',
];

test('each heading is a text that a user meets', () => {
  const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
  const lib = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(ROOT, 'lib', path), 'utf8'))
    .join('\n');
  const notOurs = headings.filter((heading) => !lib.includes(heading));
  expect(notOurs.toSorted()).toEqual([...OF_TERRAFORM, ...OF_IPTABLES, ...SITUATIONS].toSorted());
});
