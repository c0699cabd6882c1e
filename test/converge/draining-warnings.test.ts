// What a plan tells of draining before anything drains: sysctls and schedulers by which it does not do what was meant.
import { describe, expect, test } from 'vitest';
import { BOTH, ONE, VIP } from './draining-scenario';
import { Scenario } from './scenario';

describe('a plan warns that real servers will not drain as meant', () => {
  const PERSISTENT = { a: `${VIP} -p 300\n${ONE}` };
  const HASHED = (scheduler: string) => ({ a: VIP.replace('rr', scheduler) });
  test.each([
    [
      'expire_nodest_conn',
      '1',
      BOTH,
      'Real servers do not drain as meant: net.ipv4.vs.expire_nodest_conn is 1',
    ],
    ['conn_reuse_mode', '0', BOTH, 'Real servers do not drain as meant: net.ipv4.vs.conn_reuse_mode is 0'],
    [
      'expire_quiescent_template',
      '0',
      PERSISTENT,
      'Real servers do not drain as meant: net.ipv4.vs.expire_quiescent_template is 0',
    ],
    ['expire_quiescent_template', '0', { a: VIP }, undefined],
    ['expire_quiescent_template', '1', PERSISTENT, undefined],
    [
      'conn_reuse_mode',
      '1',
      HASHED('sh'),
      'Clients of a real server that drains are refused by scheduler sh',
    ],
    [
      'conn_reuse_mode',
      '1',
      HASHED('mh -b mh-port'),
      'Clients of a real server that drains are refused by scheduler mh',
    ],
    [
      'conn_reuse_mode',
      '1',
      HASHED('dh'),
      'Clients of a real server that drains are refused by scheduler dh',
    ],
    ['conn_reuse_mode', '1', HASHED('sh -b sh-fallback'), undefined],
  ])('%s=%s', async (key, value, parts, summary) => {
    const scenario = new Scenario();
    scenario.host.sysctls.set('net.ipv4.ip_forward', '1').set(`net.ipv4.vs.${key}`, value);
    expect((await scenario.plan(parts)).notes).toEqual([]);
    Object.assign(scenario.target, { drainTimeoutSeconds: 60 });
    const { notes } = await scenario.plan(parts);
    expect(notes.map((note) => note.summary)).toEqual(summary === undefined ? [] : [summary]);
  });

  test('not where the declared value is another than the live one', async () => {
    const scenario = new Scenario();
    Object.assign(scenario.target, { drainTimeoutSeconds: 60 });
    scenario.host.sysctls.set('net.ipv4.vs.conn_reuse_mode', '0').set('net.ipv4.ip_forward', '1');
    expect((await scenario.plan({ ...BOTH, a: 'sysctl net.ipv4.vs.conn_reuse_mode=1' })).notes).toEqual([]);
  });
});
