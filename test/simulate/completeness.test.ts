// Every match and target of the vocabulary is evaluated by the simulator, or named as not evaluated with the reason.
import { expect, test } from 'vitest';
import { MODULES } from '../../lib/simulate/modules';
import { EXTENSIONS } from '../../lib/simulate/targets';
import { MATCHES } from '../../lib/syntax/vocabulary/matches';
import { TARGETS } from '../../lib/syntax/vocabulary/targets';

test.each([
  ['match', [...MATCHES.keys()], Object.keys(MODULES)],
  ['target', [...TARGETS.keys()], Object.keys(EXTENSIONS)],
])('no %s of the vocabulary is missing', (_what, vocabulary, rows) => {
  expect(vocabulary.filter((name) => !rows.includes(name))).toEqual([]);
});

test('of the modules, these are not evaluated', () => {
  const named = Object.entries(MODULES).flatMap(([name, row]) =>
    row.kind === 'not-evaluated' ? [name] : [],
  );
  expect(named).toEqual([
    ...['limit', 'connlimit', 'hashlimit', 'connmark', 'connbytes', 'helper', 'owner', 'policy'],
    ...['rpfilter', 'socket', 'mac', 'length', 'ttl', 'hl', 'tos', 'dscp'],
    ...['tcpmss', 'string', 'u32', 'bpf', 'eui64', 'frag', 'rt', 'dst', 'hbh', 'ipv6header'],
  ]);
});

test('of the modules, these go by chance, beside statistic at random, which is a kind of its own', () => {
  const named = Object.entries(MODULES).flatMap(([name, row]) => (row.kind === 'by-chance' ? [name] : []));
  expect(named).toEqual(['statistic']);
});

test('of the targets, what these do is not known', () => {
  const named = Object.entries(EXTENSIONS).flatMap(([name, row]) =>
    typeof row !== 'string' && row.kind === 'unknown' ? [name] : [],
  );
  expect(named).toEqual(['NETMAP', 'TPROXY', 'NFQUEUE', 'SNPT', 'DNPT', 'CLUSTERIP', 'SYNPROXY']);
});
