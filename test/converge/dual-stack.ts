// A small scenario with rules of both families, and what stands in ip6tables of its host. Used by the tests of both families.
import { toLiveChains } from '../../lib/converge/live';
import type { Scenario } from './scenario';

export const V4 = [
  'iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 80 -j GW-WEB',
  'iptables -t nat -A GW-WEB -p tcp -j DNAT --to-destination 10.0.0.1:8080',
].join('\n');
export const V6 = [
  'ip6tables -t nat -A PREROUTING -d 2001:DB8::1 -p tcp --dport 80 -j GW-WEB',
  'ip6tables -t nat -A GW-WEB -p tcp -j DNAT --to-destination [fd00::0:1]:8080',
  'ip6tables -A FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT',
].join('\n');
export const POLICY = 'ip6tables -P FORWARD DROP';
export const LAST = 'ip6tables -t nat -A GW-WEB -j RETURN';
export const PARTS = { '10-v4': V4, '20-v6': V6, '30-policy': POLICY, '90-last': LAST };

/** What stands in a chain of ip6tables. */
export function rules6({ host }: Scenario, chain: string, table = 'nat'): readonly string[] | undefined {
  return toLiveChains(host.kernel6.save(), 'ipv6').get(`ipv6 ${table} ${chain}`)?.rules;
}

/** Of FORWARD. */
export function policy6({ host }: Scenario): string | undefined {
  return /^:FORWARD (\S+)/m.exec(host.kernel6.save())?.[1];
}
