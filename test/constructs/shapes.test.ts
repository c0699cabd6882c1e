// Props of a shape that no type allows, as JavaScript, a file or the environment gives them: an error that names the prop, and never a crash.
import { expect, test } from 'vitest';
import { ClusterIpService, Host, LoadBalancerService, NodePortService } from '../../lib/index';
import { newHost, newStack, refusal } from './stacks';

const ENDPOINT = { address: '10.5.75.2', port: 3000 };

/** The construct of that class with one prop that is not what its type says. */
function declare(kind: 'host' | 'service' | 'node port' | 'load balancer', wrong: object): unknown {
  const stack = newStack();
  const build = (construct: new (...given: never[]) => unknown, id: string, props: object): unknown =>
    Reflect.construct(construct, [stack, id, { ...props, ...wrong }]);
  if (kind === 'host') return build(Host, 'gw', { address: '192.0.2.1' });
  const hosts = [newHost(stack, { podCidr: '10.5.75.0/24' })];
  const web = { hosts, clusterIp: '10.96.0.10', port: 80, endpoints: [ENDPOINT] };
  if (kind === 'service') return build(ClusterIpService, 'web', web);
  const service = new ClusterIpService(stack, 'web', web);
  return kind === 'node port'
    ? build(NodePortService, 'np', { service, nodePort: 30_080 })
    : build(LoadBalancerService, 'lb', { service, addresses: ['203.0.113.10'] });
}

test.each([
  ['service', { masqueradeAll: 'false' }, 'masqueradeAll is not true or false', '"false"'],
  ['service', { sessionAffinity: true }, 'sessionAffinity is not an object with props', 'true'],
  ['service', { sessionAffinity: 'ClientIP' }, 'sessionAffinity is not an object with props', '"ClientIP"'],
  ['service', { sessionAffinity: null }, 'sessionAffinity is not an object with props', 'null'],
  ['service', { clusterIp: 5 }, 'clusterIp is not a list of texts', '5'],
  ['service', { clusterIp: undefined }, 'clusterIp is not a list of texts', 'nothing'],
  ['service', { clusterCidr: null }, 'clusterCidr is not a list of texts', 'null'],
  ['service', { externalIps: '203.0.113.1' }, 'externalIps is not a list of texts', '"203.0.113.1"'],
  ['service', { externalIps: [undefined] }, 'externalIps[0] is not a text', 'nothing'],
  ['service', { endpoints: undefined }, 'endpoints is not a list of objects', 'nothing'],
  ['service', { endpoints: [null] }, 'endpoints[0] is not an object with props', 'null'],
  ['service', { endpoints: [{ port: 80 }] }, 'endpoints[0].address is not a text', 'nothing'],
  [
    'service',
    { endpoints: [{ ...ENDPOINT, ready: 'false' }] },
    'endpoints[0].ready is not true or false',
    '"false"',
  ],
  [
    'service',
    { endpoints: [{ ...ENDPOINT, terminating: 1 }] },
    'endpoints[0].terminating is not true or false',
    '1',
  ],
  [
    'service',
    { endpoints: [{ ...ENDPOINT, host: 'cloudos1' }] },
    'endpoints[0].host is not an object with props',
    '"cloudos1"',
  ],
  ['service', { hosts: undefined }, 'hosts is not a list of objects', 'nothing'],
  ['service', { name: 5 }, 'name is not a text', '5'],
  ['host', { nodeAddresses: '10.0.0.1' }, 'nodeAddresses is not a list of texts', '"10.0.0.1"'],
  ['host', { nodeAddresses: [undefined] }, 'nodeAddresses[0] is not a text', 'nothing'],
  ['host', { podCidr: 5 }, 'podCidr is not a list of texts', '5'],
  ['host', { dropInvalid: 'false' }, 'dropInvalid is not true or false', '"false"'],
  ['host', { randomFully: 'no' }, 'randomFully is not true or false', '"no"'],
  ['node port', { localhostNodePorts: 'false' }, 'localhostNodePorts is not true or false', '"false"'],
  [
    'node port',
    { nodePortAddresses: '10.0.0.0/8' },
    'nodePortAddresses is not a list of texts',
    '"10.0.0.0/8"',
  ],
  ['node port', { service: undefined }, 'service is not an object with props', 'nothing'],
  ['load balancer', { addresses: undefined }, 'addresses is not a list of texts', 'nothing'],
  ['load balancer', { addresses: '203.0.113.10' }, 'addresses is not a list of texts', '"203.0.113.10"'],
  ['load balancer', { sourceRanges: [7] }, 'sourceRanges[0] is not a text', '7'],
] as const)('a %s with %j is refused', (kind, wrong, what, given) => {
  const message = refusal(() => declare(kind, wrong));
  expect(message).toMatch(new RegExp(`^${what.replace(/[[\].]/g, '\\$&')}\\nat: lab/`));
  expect(message).toContain(`\ngiven: ${given}\n`);
});
