// Random matches for rules in whichever chain; used by random-rules.ts.
import type { Family } from '../../lib/model/iptables';
import type { Random } from '../run/random';
import { oneOf } from '../run/random';
import type { BUILT_IN } from './random-places';
import { allOf, DESTINATION_PORTS, PLACES, TARGET_PORTS } from './random-places';

/** Where a rule is to stand. */
export interface Frame {
  readonly family: Family;
  readonly table: keyof typeof BUILT_IN;
  readonly random: Random;
}

/** Words before the target, each with a blank behind it. */
export function matchesFor(chain: string, protocol: string | undefined, frame: Frame): string {
  const { random } = frame;
  const general = generalFor(chain, frame);
  const named = protocol === undefined ? '' : `-p ${protocol} `;
  const ports = protocol !== undefined && random() < 0.6 ? portsFor(protocol, random) : '';
  return `${general}${named}${ports}${random() < 0.6 ? moduleFor(frame) : ''}`;
}

function generalFor(chain: string, { family, random }: Frame): string {
  const { networks } = PLACES[family];
  const not = random() < 0.3 ? '! ' : '';
  const devices = {
    in: chain !== 'OUTPUT' && chain !== 'POSTROUTING',
    out: chain !== 'PREROUTING' && chain !== 'INPUT',
  };
  const device = oneOf(random, ['lo', 'to-client', 'to-server', 'to-+']);
  return oneOf(random, [
    '',
    '',
    `${not}-s ${oneOf(random, networks)} `,
    `${not}-d ${oneOf(random, networks)} `,
    ...(devices.in ? [`${not}-i ${device} `] : []),
    ...(devices.out ? [`${not}-o ${device} `] : []),
  ]);
}

function portsFor(protocol: string, random: Random): string {
  const not = random() < 0.3 ? '! ' : '';
  return oneOf(random, [
    `-m ${protocol} ${not}--dport ${oneOf(random, [...DESTINATION_PORTS, ...TARGET_PORTS])} `,
    `-m ${protocol} ${not}--dport 80:100 `,
    `-m ${protocol} ${not}--sport 1024:65535 `,
    `-m multiport ${not}--dports 53,80:81,8080 `,
  ]);
}

function moduleFor({ family, table, random }: Frame): string {
  const suffix = family === 'ipv4' ? '4' : '6';
  const not = random() < 0.3 ? '! ' : '';
  return oneOf(random, [
    `-m mark ${not}--mark ${oneOf(random, ['0x1/0x1', '0x4000/0x4000', '0x2/0x3', '0x0'])} `,
    `-m mark ${not}--mark 0x4000/0x4000 `,
    '-m statistic --mode random --probability 0.5 ',
    `-m statistic --mode random ${not}--probability 0.25 `,
    '-m statistic --mode nth --every 2 --packet 0 ',
    `-m set ${not}--match-set ips${suffix} ${oneOf(random, ['src', 'dst'])} `,
    `-m set ${not}--match-set nets${suffix} ${oneOf(random, ['src', 'dst'])} `,
    `-m set ${not}--match-set services${suffix} ${oneOf(random, ['dst,dst', 'src,dst', 'dst,dst', 'dst'])} `,
    `-m set ${not}--match-set pairs${suffix} dst,dst,src `,
    `-m set ${not}--match-set ranges${suffix} dst,dst,src `,
    `-m set ${not}--match-set ports dst `,
    `-m addrtype ${not}--dst-type LOCAL `,
    `-m addrtype ${not}--src-type LOCAL `,
    `-m conntrack ${not}--ctstate ${oneOf(random, ['NEW', 'RELATED,ESTABLISHED', 'INVALID', 'DNAT', 'SNAT'])} `,
    `-m conntrack ${not}--ctorigdst ${oneOf(random, allOf(family))} `,
    `-m conntrack ${not}--ctreplsrc ${oneOf(random, allOf(family))} `,
    `-m iprange ${not}--${oneOf(random, ['src', 'dst'])}-range ${oneOf(random, PLACES[family].ranges)} `,
    `-m recent ${not}--rcheck --name ${oneOf(random, ['seen', 'never'])} `,
    `-m recent --rcheck --seconds 3600 --hitcount ${oneOf(random, ['1', '2'])} --name seen `,
    ...(table === 'mangle' ? [] : ['-m recent --set --name noted ', `-m physdev ${not}--physdev-is-in `]),
  ]);
}
