// What can be wrong with the prop `hosts`; used by constructs that are laid out on several hosts.
import type { Check } from './checks';
import type { Host } from './host';

/** At least one host, and each once. */
export function checkHosts(hosts: readonly Host[]): readonly Check[] {
  const twice = hosts.find((host, index) => hosts.indexOf(host) !== index);
  return [
    hosts.length > 0
      ? undefined
      : { code: 'no-hosts', what: 'hosts is empty', given: '[]', allowed: 'at least one Host' },
    twice && {
      code: 'host-twice',
      what: 'a host stands twice in hosts',
      given: twice.node.path,
      allowed: 'each host once',
    },
  ];
}
