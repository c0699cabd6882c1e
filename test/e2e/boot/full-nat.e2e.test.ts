import { FullNatExample } from '../../../examples/full-nat/main';
import { testBoots } from '../fixtures/boot-tests';

const BOTH = { web1: 1, web2: 1 };
const GATEWAY = ['172.16.100.13'];

testBoots({
  name: 'full-nat',
  stack: FullNatExample,
  network: 'systemd-networkd',
  probes: ['client', 'neighbour', 'stranger'].map((from) => ({
    from,
    to: '182.16.100.101:8888',
    servers: BOTH,
    sources: GATEWAY,
  })),
});
