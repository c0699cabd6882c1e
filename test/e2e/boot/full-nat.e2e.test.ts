// One example on one kind of network; examples-networkd.long.test.ts and examples-ifupdown.long.test.ts have all.
import { FullNatExample } from '../../../examples/full-nat/main';
import { testBoots } from '../fixtures/boot-tests';

testBoots({ name: 'full-nat', stack: FullNatExample, network: 'systemd-networkd' });
