// Gatewright beside Docker, with a network and a container of its own whose port it publishes.
import { neighbourTests } from './fixtures/neighbour-tests';

const IMAGE =
  'mkdir -p /root-of-box && cp /bin/busybox /root-of-box && tar -C /root-of-box -c . | docker import - box';
const UNTIL_RUNNING = 'until docker inspect -f "{{.State.Running}}" web | grep -q true; do sleep 0.2; done';

neighbourTests({
  name: 'docker',
  packages: ['docker.io', 'busybox-static'],
  // Where it switches forwarding on itself it sets the policy of FORWARD too; ours would have done that before it at the next boot.
  files: { '/etc/sysctl.d/50-site.conf': 'net.ipv4.ip_forward=1\n' },
  setUp: [
    ['sh', '-c', IMAGE],
    ['docker', 'network', 'create', '--subnet', '10.77.0.0/24', 'shop'],
    [
      ...['docker', 'run', '--detach', '--restart', 'always', '--name', 'web', '--network', 'shop'],
      ...['--publish', '8080:80', 'box', '/busybox', 'httpd', '-f', '-p', '80'],
    ],
  ],
  ordersAnew: true,
  reloads: [
    { words: 'docker network create other && docker network rm other', keepsOthers: true },
    { words: `docker restart web && ${UNTIL_RUNNING}`, keepsOthers: true },
    { words: `systemctl restart docker && ${UNTIL_RUNNING}`, keepsOthers: true },
  ],
});
