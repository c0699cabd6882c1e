// The lock file: our entry anew, everything else byte for byte.
import { expect, test } from 'vitest';
import { lockProviders } from '../../lib/install/lock-file';

const OURS = { address: 'registry.terraform.io/gatewright/gatewright', version: '0.2.0' };
const NULL_PROVIDER = { address: 'registry.terraform.io/hashicorp/null', version: '3.2.4' };

const HEADER = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;
const OUR_ENTRY = `provider "registry.terraform.io/gatewright/gatewright" {
  version     = "0.2.0"
  constraints = "0.2.0"
}
`;
const OUR_OLD_ENTRY = `provider "registry.terraform.io/gatewright/gatewright" {
  version     = "0.1.0"
  constraints = "0.1.0"
  hashes = [
    "h1:AHaUBCIFUjwZi063iDxDUvq4PwLyPvRfqALyFowIUr8=",
  ]
}
`;
const NULL_ENTRY = `provider "registry.terraform.io/hashicorp/null" {
  version     = "3.2.4"
  constraints = "3.2.4"
}
`;
const THEIR_ENTRY = `provider "registry.terraform.io/hashicorp/aws" {
  version     =   "5.0.0" # pinned by hand
  hashes = [ "h1:x=",
"zh:0" ]
}
`;

const HASH = 'h1:AHaUBCIFUjwZi063iDxDUvq4PwLyPvRfqALyFowIUr8=';

test('the hash of the package stands in our entry, in place of that of an earlier build', () => {
  const rebuilt = { ...OURS, version: '0.1.0', hash: HASH };
  const old = OUR_OLD_ENTRY.replace('AHaU', 'BHaU');
  expect(lockProviders(`${HEADER}\n${old}`, rebuilt, [])).toBe(`${HEADER}\n${OUR_OLD_ENTRY}`);
});

test.each([
  ['no file', '', [], `${HEADER}\n${OUR_ENTRY}`],
  ['no file, with another provider', '', [NULL_PROVIDER], `${HEADER}\n${OUR_ENTRY}\n${NULL_ENTRY}`],
  ['our old entry with a hash', `${HEADER}\n${OUR_OLD_ENTRY}`, [], `${HEADER}\n${OUR_ENTRY}`],
  [
    "our old entry between others'",
    `${HEADER}\n${THEIR_ENTRY}\n${OUR_OLD_ENTRY}\n${NULL_ENTRY}`,
    [NULL_PROVIDER],
    `${HEADER}\n${THEIR_ENTRY}\n${OUR_ENTRY}\n${NULL_ENTRY}`,
  ],
  ['only others', `${HEADER}\n${THEIR_ENTRY}`, [], `${HEADER}\n${THEIR_ENTRY}\n${OUR_ENTRY}`],
  ['no newline at the end', THEIR_ENTRY.trimEnd(), [], `${THEIR_ENTRY}\n${OUR_ENTRY}`],
  ['our entry on one line', 'provider "registry.terraform.io/gatewright/gatewright" {}\n', [], OUR_ENTRY],
  ['lines that end as on Windows', OUR_OLD_ENTRY.replaceAll('\n', '\r\n'), [], OUR_ENTRY],
  [
    'an entry of the same name at another registry',
    OUR_OLD_ENTRY.replace('terraform.io', 'example.com'),
    [],
    `${OUR_OLD_ENTRY.replace('terraform.io', 'example.com')}\n${OUR_ENTRY}`,
  ],
] as const)('locks the provider in %s', (_name, before, others, after) => {
  expect(lockProviders(before, OURS, others)).toBe(after);
  expect(lockProviders(after, OURS, others)).toBe(after);
});

test('writes what the configuration asks of another provider, where it is no exact version', () => {
  const text = lockProviders('', OURS, [{ ...NULL_PROVIDER, constraints: '~> 3.2' }]);
  expect(text).toContain('  version     = "3.2.4"\n  constraints = "~> 3.2"\n');
});
