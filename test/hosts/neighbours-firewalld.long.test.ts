// Gatewright beside firewalld, which flushes every table when it starts or loads anew.
import { neighbourTests } from './fixtures/neighbour-tests';

const UNTIL_LOADED = 'while systemctl list-jobs | grep -q gatewright; do sleep 0.1; done';

neighbourTests({
  name: 'firewalld',
  packages: ['firewalld'],
  // Its other back-end, nft, does not work with the lab's kernel.
  files: {
    '/etc/firewalld/firewalld.conf': 'DefaultZone=public\nFirewallBackend=iptables\nCleanupOnExit=yes\n',
  },
  setUp: [
    ['systemctl', 'enable', '--now', 'firewalld'],
    ['firewall-cmd', '--permanent', '--add-service=http'],
    ['firewall-cmd', '--permanent', '--add-rich-rule=rule family=ipv4 source address=203.0.113.9 drop'],
    ['firewall-cmd', '--reload'],
  ],
  reloads: [
    { words: 'firewall-cmd --add-service=https && firewall-cmd --remove-service=https', keepsOthers: true },
    { words: 'firewall-cmd --reload', keepsOthers: false },
    // What it flushed, a unit of ours loads again.
    { words: `systemctl restart firewalld; ${UNTIL_LOADED}`, keepsOthers: true },
  ],
});
