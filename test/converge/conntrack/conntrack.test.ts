// Conntrack entries of UDP on the host in memory: deleted when an apply is kept, left when it is not, and told of where they stay.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Parts } from '../../../lib/model/declaration';
import type { FakeConntrackEntry } from '../../fakes/fake-conntrack';
import { errorOf, Scenario } from '../scenario';

const dns = (...endpoints: readonly string[]): Parts => ({
  '50-service dns': [
    'iptables -t nat -A PREROUTING -j GW-SERVICES',
    'iptables -t nat -A GW-SERVICES -d 10.96.0.10 -p udp --dport 53 -j GW-SVC-DNS',
    'iptables -t nat -N GW-SVC-DNS',
    ...endpoints.map((to) => `iptables -t nat -A GW-SVC-DNS -p udp -j DNAT --to-destination ${to}`),
    '',
  ].join('\n'),
});

const entry = (client: string, answeredBy: string, to = '10.96.0.10:53'): FakeConntrackEntry => ({
  family: 'ipv4',
  client,
  to,
  answeredBy,
});
const TO_ONE = entry('10.0.0.1:40001', '10.5.75.2:5353');
const TO_TWO = entry('10.0.0.1:40002', '10.5.88.2:5353');
const TO_NONE = entry('10.0.0.1:40003', '10.96.0.10:53');
const FOREIGN = entry('10.0.0.1:40004', '10.5.75.2:5353', '10.96.0.99:53');

const ENTRIES = [TO_ONE, TO_TWO, TO_NONE, FOREIGN];

const BOTH = dns('10.5.75.2:5353', '10.5.88.2:5353');
const ONLY_TWO = dns('10.5.88.2:5353');

let scenario: Scenario;

beforeEach(() => {
  scenario = new Scenario();
});

async function applied(parts: Parts): Promise<void> {
  await scenario.apply(parts);
  scenario.host.around.conntrack.entries = ENTRIES;
}

describe('an apply', () => {
  test.each<[string, Parts, Parts, readonly FakeConntrackEntry[]]>([
    ['that changes nothing leaves all entries', BOTH, BOTH, ENTRIES],
    ['that takes an endpoint away deletes those to it', BOTH, ONLY_TWO, [TO_TWO, TO_NONE, FOREIGN]],
    [
      'that gives a service its first endpoint deletes what was not translated',
      dns(),
      ONLY_TWO,
      [TO_ONE, TO_TWO, FOREIGN],
    ],
    ['that takes the last endpoint away deletes those to it', ONLY_TWO, dns(), [TO_ONE, TO_NONE, FOREIGN]],
  ])('%s', async (_what, before, after, left) => {
    await applied(before);
    expect((await scenario.apply(after)).notes).toEqual([]);
    expect(scenario.host.around.conntrack.entries).toEqual(left);
  });

  test('that is rolled back leaves all entries but those of clients that came meanwhile', async () => {
    await applied(BOTH);
    const meanwhile = entry('10.0.0.1:40005', '10.5.88.3:5353');
    scenario.host.around.conntrack.entries = [...ENTRIES, meanwhile];
    scenario.host.faults.failProbes = true;
    Object.assign(scenario.target, {
      probes: [{ kind: 'command', command: ['false'], timeoutSeconds: 1 }],
    });
    const other = dns('10.5.88.3:5353');
    expect(await errorOf(scenario.apply(other))).toMatchObject({ undone: true });
    expect(scenario.host.around.conntrack.entries).toEqual(ENTRIES);
  });

  test('whose entries cannot be deleted is a success all the same, and a warning tells what is left', async () => {
    await applied(BOTH);
    scenario.host.around.conntrack.failure = 'Operation not permitted';
    expect((await scenario.apply(ONLY_TWO)).notes).toEqual([
      {
        summary: '192.0.2.1:22: conntrack entries of UDP could not be deleted',
        detail: [
          'Operation not permitted',
          'They may still be there:',
          'udp 10.96.0.10:53 -> 10.5.75.2:5353',
          TIMES_OUT,
        ].join('\n'),
      },
    ]);
  });

  test('of a host without conntrack(8) leaves all entries', async () => {
    scenario.host.around.conntrack.isInstalled = false;
    await applied(BOTH);
    expect((await scenario.apply(ONLY_TWO)).notes).toEqual([]);
    expect(scenario.host.around.conntrack.entries).toHaveLength(4);
  });
});

const TIMES_OUT =
  'A client that goes on sending from one socket is served as before until it has been silent for ' +
  'net.netfilter.nf_conntrack_udp_timeout_stream seconds (120, unless set); new sockets are served by the new rules.';

describe('a plan for a host without conntrack(8)', () => {
  beforeEach(() => {
    scenario.host.around.conntrack.isInstalled = false;
  });

  test('that takes an endpoint away warns, and says what to do', async () => {
    await applied(BOTH);
    expect((await scenario.plan(ONLY_TWO)).notes).toEqual([
      {
        summary:
          '192.0.2.1:22 has no conntrack(8): UDP clients that go on sending keep the endpoint that they have',
        detail: [
          'The kernel asks table nat for the first packet of a conntrack entry only. After this apply these would be deleted:',
          'udp 10.96.0.10:53 -> 10.5.75.2:5353',
          TIMES_OUT,
          'Install conntrack there (Debian: apt install conntrack) before you apply.',
        ].join('\n'),
      },
    ]);
  });

  test('names five of many', async () => {
    await applied(dns(...Array.from({ length: 9 }, (_, n) => `10.5.75.${n + 1}:53`)));
    const [note] = await scenario.planDestroy();
    expect(note?.detail.split('\n').slice(1, 7)).toEqual([
      'udp 10.96.0.10:53 -> 10.5.75.1:53',
      'udp 10.96.0.10:53 -> 10.5.75.2:53',
      'udp 10.96.0.10:53 -> 10.5.75.3:53',
      'udp 10.96.0.10:53 -> 10.5.75.4:53',
      'udp 10.96.0.10:53 -> 10.5.75.5:53',
      'and 4 more',
    ]);
  });

  test.each([
    ['changes no endpoint', BOTH],
    ['adds one', dns('10.5.75.2:5353', '10.5.88.2:5353', '10.5.88.3:5353')],
    ['knows not all parts yet', {}, ['50-service dns']],
  ])('says nothing where it %s', async (_what, parts, unknown: readonly string[] = []) => {
    await applied(BOTH);
    const { notes } = await scenario.plan(parts, unknown);
    expect(notes.filter(({ summary }) => summary.includes('conntrack'))).toEqual([]);
  });
});

test('a destroy deletes what no rule translates any more', async () => {
  await applied(BOTH);
  expect(await scenario.destroy()).toEqual([]);
  expect(scenario.host.around.conntrack.entries).toEqual([TO_NONE, FOREIGN]);
});
