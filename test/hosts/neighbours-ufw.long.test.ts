// Gatewright beside ufw, which has chains of its own and sets the policies.
import { neighbourTests } from './fixtures/neighbour-tests';

neighbourTests({
  name: 'ufw',
  packages: ['ufw'],
  files: {},
  setUp: [
    ['ufw', 'allow', '22/tcp'],
    ['ufw', 'deny', 'from', '203.0.113.9'],
    ['ufw', 'route', 'allow', 'in', 'on', 'eth0', 'to', '10.5.75.2', 'port', '3000', 'proto', 'tcp'],
    ['ufw', '--force', 'enable'],
  ],
  reloads: [
    { words: 'ufw reload', keepsOthers: true },
    { words: 'systemctl restart ufw', keepsOthers: true },
    { words: 'ufw disable; ufw --force enable', keepsOthers: true },
  ],
});
