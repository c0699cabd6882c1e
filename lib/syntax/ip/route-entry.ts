// A route as it is compared and printed: told from others by family, table, destination, tos and metric, as the kernel does. Used by ip.ts.
import type { Entry } from '../../model/entry';
import type { RouteDeclaration } from '../../model/ip';
import { BOOT, routeProtocolName, scopeName } from './names';
import { hopWords, printNextHop } from './next-hop';
import type { Command, Phrase } from './phrases';
import { completeLine, phrase, phrasesEntry } from './phrases';
import { IPV6_METRIC, usualScope, usualTable } from './route-defaults';

/** How a route is compared and printed. */
export function routeEntry(route: RouteDeclaration): Entry {
  return phrasesEntry(command(route), phrases(route));
}

/** With nothing left to defaults. */
export function completeRoute(route: RouteDeclaration): string {
  return completeLine(command(route), phrases(route));
}

function command({ family }: RouteDeclaration): Command {
  return { kind: 'route', words: 'route add', family, keyWords: [family] };
}

/** In the order in which `ip` prints them. */
function phrases(route: RouteDeclaration): Phrase[] {
  const { family, type, table, nextHops, protocol = BOOT, scope = 0, metric = 0 } = route;
  const [only, ...more] = nextHops;
  const single = more.length === 0 ? only : undefined;
  return [
    { text: type, byDefault: type === 'unicast' },
    { text: route.destination, key: true },
    ...phrase('from', route.from, { key: true }),
    ...phrase('tos', route.tos, { key: true }),
    ...(single === undefined ? [] : hopWords(single, family).map((text) => ({ text }))),
    ...phrase('table', table, { key: true, byDefault: table === usualTable(type) }),
    ...phrase('proto', protocol, {
      named: `proto ${routeProtocolName(protocol)}`,
      byDefault: protocol === BOOT,
    }),
    ...phrase('scope', scope, { named: `scope ${scopeName(scope)}`, byDefault: scope === usualScope(route) }),
    ...phrase('src', route.source),
    ...phrase('metric', metric === 0 ? undefined : metric, {
      key: true,
      byDefault: family === 'ipv6' && metric === IPV6_METRIC,
    }),
    ...(single?.onlink === true ? [{ text: 'onlink' }] : []),
    ...route.metrics.map(({ name, value }) => ({ text: `${name} ${value}` })),
    ...phrase('pref', route.preference),
    ...(single === undefined ? nextHops.map((hop) => ({ text: printNextHop(hop, family) })) : []),
  ];
}
