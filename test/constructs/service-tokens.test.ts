// Values that are known only at apply, where a service would have to know them: refused, since it would be laid out as if they were not there.
import { TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import type { HostProps } from '../../lib/index';
import { ClusterIpService, LoadBalancerService, NodePortService } from '../../lib/index';
import { newHost, newStack, refusal, synthesize } from './stacks';

const WEB = {
  clusterIp: '10.96.0.10',
  port: 80,
  endpoints: [{ address: '10.5.75.2', port: 3000 }],
} as const;

function setting(props: (token: string) => Partial<HostProps> = () => ({})) {
  const stack = newStack();
  const token = new TerraformVariable(stack, 'later', { nullable: false }).stringValue;
  return { stack, token, hosts: [newHost(stack, props(token))] };
}

test.each<[string, (token: string) => Partial<HostProps>]>([
  ['podCidr', (token) => ({ podCidr: token })],
  ['clusterCidr', (token) => ({ podCidr: 'fd00:75::/64', clusterCidr: [token] })],
])('of a network of pods in %s, by which a service of IPv6 would tell its pods', (_prop, props) => {
  const { stack, hosts } = setting(props);
  const endpoints = [{ address: 'fd00:75::2', port: 3000 }];
  const web = { hosts, clusterIp: 'fd00:96::10', port: 80, endpoints };
  expect(refusal(() => new ClusterIpService(stack, 'web', web))).toContain(
    'a network of pods of lab/cloudos1 is only known at apply, and would be taken for one of IPv4\nat: lab/web',
  );
});

test('a token for a network is taken for IPv4 beside a known one of IPv6', () => {
  const { stack, hosts } = setting((token) => ({ podCidr: [token, 'fd00:75::/64'] }));
  const endpoints = [{ address: 'fd00:75::2', port: 3000 }];
  new ClusterIpService(stack, 'web', { hosts, clusterIp: 'fd00:96::10', port: 80, endpoints });
  expect(synthesize(stack).parts('cloudos1')['50-service lab/web']).toContain('! -s fd00:75::/64');
});

test('of a cluster network of a family that the service has not', () => {
  const { stack, hosts } = setting();
  const web = { hosts, ...WEB, clusterCidr: 'fd00::/8' };
  expect(refusal(() => new ClusterIpService(stack, 'web', web))).toContain(
    'clusterCidr is of a family of which the service has no cluster IP\nat: lab/web\ngiven: fd00::/8',
  );
});

test('of node addresses among which those in nodePortAddresses are chosen', () => {
  const { stack, hosts } = setting((token) => ({ nodeAddresses: ['10.0.0.1', token] }));
  const service = new ClusterIpService(stack, 'web', { hosts, ...WEB });
  const props = { service, nodePort: 30_080, nodePortAddresses: ['10.0.0.0/8'] };
  expect(refusal(() => new NodePortService(stack, 'np', props))).toContain(
    'nodeAddresses of lab/cloudos1 holds a value that is only known at apply, and which of them are in nodePortAddresses decides where node ports open\nat: lab/np',
  );
});

test('of node addresses or source ranges by which a host itself is let in', () => {
  const addresses = ['203.0.113.10'];
  const unknownNode = setting((token) => ({ nodeAddresses: [token] }));
  const first = new ClusterIpService(unknownNode.stack, 'web', { hosts: unknownNode.hosts, ...WEB });
  const ranges = { service: first, addresses, sourceRanges: ['10.0.0.0/8'] };
  expect(refusal(() => new LoadBalancerService(unknownNode.stack, 'lb', ranges))).toContain(
    'nodeAddresses of lab/cloudos1 holds a value that is only known at apply, and whether the host may reach the addresses itself hangs on that',
  );
  const unknownRange = setting(() => ({ nodeAddresses: ['10.0.0.1'] }));
  const second = new ClusterIpService(unknownRange.stack, 'web', { hosts: unknownRange.hosts, ...WEB });
  const tokens = { service: second, addresses, sourceRanges: [unknownRange.token] };
  expect(refusal(() => new LoadBalancerService(unknownRange.stack, 'lb', tokens))).toContain(
    'sourceRanges hold a value that is only known at apply, and whether the host may reach the addresses itself hangs on that',
  );
});

test('of a network of pods that two services of one host in mode ipvs do not share', () => {
  const { stack, hosts, token } = setting();
  const other = new TerraformVariable(stack, 'other', { nullable: false }).stringValue;
  new ClusterIpService(stack, 'web', { hosts, ...WEB, mode: 'ipvs', clusterCidr: token });
  const api = { hosts, ...WEB, clusterIp: '10.96.0.11', mode: 'ipvs', clusterCidr: other } as const;
  expect(refusal(() => new ClusterIpService(stack, 'api', api))).toContain(
    'in mode ipvs all services of a host are masqueraded alike',
  );
});

test('an endpoint that is known at apply keeps its place, however many tokens come before it', () => {
  const orders = [1, 9].map((amount) => {
    const stack = newStack();
    const tokens = Array.from(
      { length: amount + 3 },
      (_, index) => new TerraformVariable(stack, `later${index}`, { nullable: false }).stringValue,
    );
    const hosts = [newHost(stack, { nodeAddresses: tokens.slice(0, amount) })];
    const endpoints = tokens.slice(amount).map((address) => ({ address, port: 3000 }));
    new ClusterIpService(stack, 'web', { hosts, ...WEB, mode: 'ipvs', endpoints });
    const text = JSON.stringify(synthesize(stack).configuration);
    return [...text.matchAll(/-r \$\{var\.later(\d+)\}:3000/g)].map(([, index]) => Number(index) - amount);
  });
  expect(orders).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
});
