// What a plan tells of UDP clients whose real server goes, and IPVS would keep them on it.
import { expect, test } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { Scenario } from './scenario';

const serve = (service: string, ...real: readonly string[]): Parts => ({
  '10-host': 'sysctl net.ipv4.ip_forward=1\n',
  '50-dns': [
    `ipvsadm -A ${service} -s rr`,
    ...real.map((address) => `ipvsadm -a ${service} -r ${address} -m`),
    '',
  ].join('\n'),
});
const UDP = '-u 192.0.2.1:53';
const BOTH = serve(UDP, '10.0.0.1:53', '10.0.0.2:53');
const EXPIRES = { '10-host': 'sysctl net.ipv4.ip_forward=1\nsysctl net.ipv4.vs.expire_nodest_conn=1\n' };
const WARNS = [
  'Clients of 1 UDP real servers that go are answered by nobody for a while: net.ipv4.vs.expire_nodest_conn is 0',
];

test.each<[string, Parts, Parts, readonly string[]]>([
  ['takes one away warns', BOTH, serve(UDP, '10.0.0.1:53'), WARNS],
  [
    'takes one away and has the kernel end its connections does not',
    BOTH,
    { ...serve(UDP, '10.0.0.1:53'), ...EXPIRES },
    [],
  ],
  ['adds one does not', BOTH, serve(UDP, '10.0.0.1:53', '10.0.0.2:53', '10.0.0.3:53'), []],
  [
    'takes one of TCP away does not',
    serve('-t 192.0.2.1:53', '10.0.0.1:53', '10.0.0.2:53'),
    serve('-t 192.0.2.1:53', '10.0.0.1:53'),
    [],
  ],
  [
    'takes one away where each packet is scheduled by itself does not',
    { ...BOTH, '50-dns': BOTH['50-dns']?.replace('-s rr', '-s rr -o') ?? '' },
    { ...BOTH, '50-dns': serve(UDP, '10.0.0.1:53')['50-dns']?.replace('-s rr', '-s rr -o') ?? '' },
    [],
  ],
])('a plan that %s', async (_what, before, after, summaries) => {
  const scenario = new Scenario();
  scenario.host.sysctls.set('net.ipv4.vs.expire_nodest_conn', '0');
  await scenario.apply(before);
  await scenario.refresh();
  expect((await scenario.plan(after)).notes.map(({ summary }) => summary)).toEqual(summaries);
});
