// Values that are known only at apply: where they may stand, and that text beside them arrives as it was written.
import type { TerraformStack } from 'cdktf';
import { Lazy, TerraformVariable } from 'cdktf';
import { expect, test } from 'vitest';
import { ClusterIpService, NodePortService } from '../../lib/index';
import { lines, newHost, newStack, refusal, synthesize } from './stacks';

const FIXED = { clusterIp: '10.96.0.10', port: 80 } as const;

function variable(stack: TerraformStack, id: string): TerraformVariable {
  return new TerraformVariable(stack, id, { nullable: false });
}

test('parts with tokens stay in the configuration, merged over those of the file', () => {
  const stack = newStack();
  const host = newHost(stack);
  host.declare('10-known', '# known');
  host.declare('20-unknown', `sysctl kernel.hostname=${variable(stack, 'name').stringValue}`);
  const { configuration, parts } = synthesize(stack);
  expect(configuration).toMatchObject({
    locals: { gatewright_parts_cloudos1: { '20-unknown': 'sysctl kernel.hostname=${var.name}' } },
    resource: {
      gatewright_host: {
        cloudos1: {
          parts:
            '${merge(jsondecode(file("${path.module}/assets/cloudos1/parts.json")), local.gatewright_parts_cloudos1)}',
        },
      },
    },
  });
  expect(parts('cloudos1')).toEqual({ '10-known': '# known' });
});

// What Terraform makes of the right side was seen with `terraform console`.
test.each([
  ['a template of Terraform', 'a ${b} c', 'a $${b} c'],
  ['a directive of Terraform', 'a %{if b} c', 'a %%{if b} c'],
  ['an escaped template', 'a $${b} c', 'a $$${b} c'],
  ['an escaped directive', 'a %%{b} c', 'a %%%{b} c'],
  ['a dollar before the token', 'a $$', 'a ${"$$"}'],
  ['quotes, backslashes and braces', 'a "b" \\ {c} } $ % {', 'a "b" \\ {c} } $ % {'],
  ['what looks like a large number', '5e3 -1e+5 -1.5e+300', '5e3 -1e+5 -1.5e+300'],
  ['several lines', '# a\n# b\n', '# a\n# b\n'],
])('%s beside a token is plain text', (_what, text, written) => {
  const stack = newStack();
  newHost(stack).declare('10-a', `${text}${variable(stack, 'x').stringValue}`);
  expect(synthesize(stack).configuration).toHaveProperty(
    ['locals', 'gatewright_parts_cloudos1', '10-a'],
    `${written}\${var.x}`,
  );
});

test('the name of a part with tokens is plain text too', () => {
  const stack = newStack();
  newHost(stack).declare('50 ${path.module} %{x} $', variable(stack, 'x').stringValue);
  expect(synthesize(stack).configuration).toHaveProperty('locals.gatewright_parts_cloudos1', {
    '50 $${path.module} %%{x} ${"$"}': '${var.x}',
  });
});

test('numbers and values that the app makes late are resolved in lines too', () => {
  const stack = newStack();
  const late = Lazy.stringValue({ produce: () => '10.0.0.1' });
  newHost(stack).declare('10-a', `# ${variable(stack, 'ttl').numberValue} ${late}`);
  expect(synthesize(stack).configuration).toHaveProperty(
    ['locals', 'gatewright_parts_cloudos1', '10-a'],
    '# ${var.ttl} 10.0.0.1',
  );
});

test('an endpoint may be known at apply only: its place names its chain, behind the known ones', () => {
  const stack = newStack();
  const endpoints = [
    { address: variable(stack, 'ip').stringValue, port: 8080 },
    { address: '10.5.0.2', port: 8080 },
  ];
  const service = new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...FIXED, endpoints });
  new NodePortService(stack, 'np', { service, nodePort: 30_080 });
  const { configuration, parts } = synthesize(stack);
  expect(configuration).toHaveProperty('locals.gatewright_parts_cloudos1', {
    '50-service lab/web': lines(
      'iptables -t nat -A GW-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "lab/web cluster IP" -m tcp --dport 80 -j GW-SVC-JVHYC5ZONEZCMFDP',
      'iptables -t nat -A GW-SVC-JVHYC5ZONEZCMFDP -m comment --comment "lab/web -> 10.5.0.2:8080" -m statistic --mode random --probability 0.50000000000 -j GW-SEP-L5LACB6CR6IEWTA5',
      'iptables -t nat -A GW-SVC-JVHYC5ZONEZCMFDP -m comment --comment "lab/web -> ${var.ip}:8080" -j GW-SEP-7CPUQ6HTC7SUAB5C',
      'iptables -t nat -A GW-SEP-L5LACB6CR6IEWTA5 -s 10.5.0.2/32 -j GW-MARK-MASQ',
      'iptables -t nat -A GW-SEP-L5LACB6CR6IEWTA5 -p tcp -j DNAT --to-destination 10.5.0.2:8080',
      'iptables -t nat -A GW-SEP-7CPUQ6HTC7SUAB5C -s ${var.ip}/32 -j GW-MARK-MASQ',
      'iptables -t nat -A GW-SEP-7CPUQ6HTC7SUAB5C -p tcp -j DNAT --to-destination ${var.ip}:8080',
      'iptables -t nat -A GW-EXT-JVHYC5ZONEZCMFDP -m comment --comment "masquerade traffic for lab/web external destinations" -j GW-MARK-MASQ',
      'iptables -t nat -A GW-EXT-JVHYC5ZONEZCMFDP -j GW-SVC-JVHYC5ZONEZCMFDP',
      '',
    ),
  });
  expect(Object.keys(parts('cloudos1'))).toContain('50-service lab/web node port');
});

test('an endpoint that stands twice is told without showing how a token looks', () => {
  const stack = newStack();
  const endpoint = { address: variable(stack, 'ip').stringValue, port: 8080 };
  const props = { hosts: [newHost(stack)], ...FIXED, endpoints: [endpoint, { ...endpoint }] };
  expect(refusal(() => new ClusterIpService(stack, 'web', props))).toContain('given: a token, port 8080\n');
});

test('a list that is known at apply only cannot be the cluster IP, since its length is not known', () => {
  const stack = newStack();
  const clusterIp = variable(stack, 'ips').listValue;
  expect(
    refusal(
      () =>
        new ClusterIpService(stack, 'web', { hosts: [newHost(stack)], ...FIXED, clusterIp, endpoints: [] }),
    ),
  ).toContain('clusterIp holds a value that is only known at apply\nat: lab/web\ngiven: a token\n');
});

test.each(['name', 'protocol'] as const)('the %s of a service must be known', (prop) => {
  const stack = newStack();
  const props = {
    hosts: [newHost(stack)],
    ...FIXED,
    endpoints: [],
    [prop]: variable(stack, 'x').stringValue,
  };
  expect(refusal(() => new ClusterIpService(stack, 'web', props))).toContain(
    `${prop} holds a value that is only known at apply\nat: lab/web\ngiven: a token\n`,
  );
});

test('a cluster IP and the network of pods may be known at apply only', () => {
  const stack = newStack();
  const [ip, pods] = [variable(stack, 'ip').stringValue, variable(stack, 'pods').stringValue];
  const hosts = [newHost(stack, { podCidr: pods })];
  new ClusterIpService(stack, 'web', {
    hosts,
    clusterIp: ip,
    port: 80,
    endpoints: [{ address: '10.5.0.2', port: 80 }],
  });
  expect(JSON.stringify(synthesize(stack).configuration)).toContain(
    '! -s ${var.pods} -d ${var.ip}/32 -p tcp',
  );
});

test('how a host is reached may be known at apply only', () => {
  const stack = newStack();
  newHost(stack, {
    address: variable(stack, 'address').stringValue,
    port: variable(stack, 'port').numberValue,
    hostKey: variable(stack, 'key').stringValue,
  });
  expect(synthesize(stack).configuration).toHaveProperty(['resource', 'gatewright_host', 'cloudos1'], {
    '//': { metadata: { path: 'lab/cloudos1', uniqueId: 'cloudos1' } },
    address: '${var.address}',
    port: '${var.port}',
    host_key: '${var.key}',
    parts: '${jsondecode(file("${path.module}/assets/cloudos1/parts.json"))}',
  });
});

test('the name of a part must be known', () => {
  const stack = newStack();
  expect(
    refusal(() => {
      newHost(stack).declare(`10-${variable(stack, 'x').stringValue}`, '# nothing');
    }),
  ).toContain(
    'the name of a part holds a value that is only known at apply\nat: lab/cloudos1\ngiven: a token\n',
  );
});

test.each(['port', 'nodePort', 'masqueradeMark'])(
  '%s must be known, since rules are laid out by it',
  (prop) => {
    const stack = newStack();
    const unknown = variable(stack, 'x').numberValue;
    const declare = () => {
      const hosts = [newHost(stack, prop === 'masqueradeMark' ? { masqueradeMark: unknown } : {})];
      const port = prop === 'port' ? unknown : 80;
      const service = new ClusterIpService(stack, 'web', { hosts, ...FIXED, port, endpoints: [] });
      new NodePortService(stack, 'np', { service, nodePort: unknown });
    };
    expect(refusal(declare)).toContain(`${prop} holds a value that is only known at apply\nat: lab/`);
  },
);

test("with kube-proxy's own prefix, an endpoint must be known, since kube-proxy's names come from addresses", () => {
  const stack = newStack();
  const hosts = [newHost(stack, { chainPrefix: 'KUBE-' })];
  const endpoints = [{ address: variable(stack, 'ip').stringValue, port: 80 }];
  expect(refusal(() => new ClusterIpService(stack, 'web', { hosts, ...FIXED, endpoints }))).toContain(
    'given: a token, and chainPrefix KUBE- of lab/cloudos1\n',
  );
});
