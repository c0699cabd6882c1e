// The app that the benchmark synthesises, as a user's would be: plain JavaScript on the built package. GATEWRIGHT_BENCH says,
// as JSON, which hosts and how many services, endpoints and members. Used by stacks.ts.
'use strict';
const { App, TerraformStack } = require('cdktf');
const { ClusterIpService, GatewrightProvider, Host, IpSet } = require('../../dist/lib/index.js');

const { hosts, login, services, endpoints, members, changed } = JSON.parse(process.env.GATEWRIGHT_BENCH);

const app = new App();
const stack = new TerraformStack(app, 'bench');
new GatewrightProvider(stack, 'gatewright', login);
const all = hosts.map(
  (reach, index) => new Host(stack, `host-${index}`, { ...reach, podCidr: '10.64.0.0/16' }),
);

for (let index = 0; index < services; index += 1) {
  new ClusterIpService(stack, `service-${index}`, {
    hosts: all,
    name: `bench/service-${index}:http`,
    clusterIp: `10.96.${index >> 8}.${index & 255}`,
    port: 80,
    endpoints: Array.from({ length: endpoints }, (_, number) => ({
      address: endpointAddress(index, number),
      port: 8080,
    })),
  });
}
if (members > 0) {
  new IpSet(stack, 'set', {
    hosts: all,
    name: 'GW-BENCH',
    type: 'hash:ip',
    // Room for all, and for the one that comes.
    maxElements: 2 ** Math.ceil(Math.log2(members + 1)),
    members: Array.from({ length: members + (changed ? 1 : 0) }, (_, index) => address(172, index)),
  });
}
app.synth();

/** Endpoints do not repeat; the changed one is the first of the service in the middle. */
function endpointAddress(service, number) {
  const isChanged = changed && service === services >> 1 && number === 0;
  return address(10, (64 << 16) + service * 8 + number + (isChanged ? 7 : 0));
}

function address(first, index) {
  return `${first}.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
