// Random virtual and real servers as ipvsadm saves them. Used by the property tests of ipvs and of whole states.
import type { Random } from './random-parts';

const SERVERS = ['-t 192.0.2.1:80', '-u 192.0.2.1:53', '-t [2001:db8::1]:443', '-f 7', '-f 7 -6'] as const;
const VALUES = ['-s rr', '-s wlc -p 300', '-s sh -b sh-fallback', '-s mh -p 9'] as const;
const METHODS = [
  '-m -w 1',
  '-m -w 0',
  '-m -w 5 -x 9 -y 3',
  '-g -w 1',
  '-i -w 2 --tun-type gre --tun-csum',
] as const;

/** Some virtual servers with some real servers in each. */
export function randomServerLines(random: Random): string[] {
  return SERVERS.filter(() => random.chance(60)).flatMap((server) => [
    `-A ${server} ${random.pick(VALUES)}`,
    ...[1, 2, 3]
      .filter(() => random.chance(60))
      .map((host) => `-a ${server} -r ${realServer(server, host)} ${random.pick(METHODS)}`),
  ]);
}

function realServer(server: string, host: number): string {
  const port = /:(\d+)$/.exec(server)?.[1] ?? '0';
  return server.includes('[') || server.endsWith('-6')
    ? `[2001:db8::a${host}]:${port}`
    : `10.0.0.${host}:${port}`;
}
