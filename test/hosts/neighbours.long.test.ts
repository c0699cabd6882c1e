// Gatewright beside Debian's iptables-persistent, which loads a file of rules at boot and when told to.
import { neighbourTests } from './fixtures/neighbour-tests';

const RULES = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:SITE - [0:0]
-A INPUT -j SITE
-A SITE -s 203.0.113.9/32 -m comment --comment "by hand" -j DROP
COMMIT
`;

neighbourTests({
  name: 'iptables-persistent',
  packages: ['iptables-persistent'],
  files: { '/etc/iptables/rules.v4': RULES },
  setUp: [],
  reloads: [{ words: 'netfilter-persistent reload', keepsOthers: false }],
});
