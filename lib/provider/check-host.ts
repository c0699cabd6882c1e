// Everything that is wrong with a `gatewright_host` by itself, host and grammar of lines aside. Used by validate and plan.
import { cidrFault } from '../model/cidr';
import { isPersist } from '../model/persist';
import { CHAIN_PREFIX, DEFAULT_SCOPE, SCOPE_NAME } from '../model/scope';
import {
  ADDRESS,
  HOST_KEY,
  PORT,
  type Rule,
  USER,
  badValue,
  check,
  checkBastion,
  wholeNumber,
} from './checks';
import { atKey, attributePath } from './protocol/attribute-path';
import { checkProbes } from './check-probes';
import type { Diagnostic } from './protocol/diagnostic';
import { toOptional } from './protocol/value';
import type { Host } from './schema/host';

const SCOPE: Rule<string> = {
  allowed: 'letters, digits, `.`, `_` and `-`, a letter or digit first, at most 63 characters',
  isMet: (text) => SCOPE_NAME.test(text),
};
const PREFIX: Rule<string> = {
  allowed: 'a letter first, then letters, digits, `_` and `-`, the last a `-`, 2 to 8 characters in all',
  isMet: (text) => CHAIN_PREFIX.test(text),
  fix: (text) => (CHAIN_PREFIX.test(`${text}-`) ? `write ${JSON.stringify(`${text}-`)}` : undefined),
};
const PERSIST: Rule<string> = {
  allowed: '`fail-open`, `fail-closed`, `none`',
  isMet: isPersist,
};
const LOCK_TIMEOUT = wholeNumber(0, 3600);
const DRAIN_TIMEOUT = wholeNumber(0, 86400);
const CONFIRM_TIMEOUT = wholeNumber(3, 3600);

/** Of the configuration as given, so without defaults. */
export function checkHost(host: Host): readonly Diagnostic[] {
  const at = (name: keyof Host) => attributePath(name);
  return [
    ...check(host.address, ADDRESS, at('address')),
    ...check(host.port, PORT, at('port')),
    ...check(host.user, USER, at('user')),
    ...check(host.host_key, HOST_KEY, at('host_key')),
    ...checkBastion(host.bastion),
    ...check(host.scope, SCOPE, at('scope')),
    ...check(host.chain_prefix, PREFIX, at('chain_prefix')),
    ...checkPrefixIsNamed(host),
    ...checkParts(host),
    ...checkProbes(host.probes),
    ...check(host.persist, PERSIST, at('persist')),
    ...check(host.lock_timeout_seconds, LOCK_TIMEOUT, at('lock_timeout_seconds')),
    ...check(host.confirm_timeout_seconds, CONFIRM_TIMEOUT, at('confirm_timeout_seconds')),
    ...check(host.drain_timeout_seconds, DRAIN_TIMEOUT, at('drain_timeout_seconds')),
    ...checkAdopt(host),
    ...checkManagementCidrs(host),
  ];
}

function checkPrefixIsNamed(host: Host): readonly Diagnostic[] {
  const scope = toOptional(host.scope);
  if (scope === undefined || scope === DEFAULT_SCOPE.name || host.chain_prefix.kind !== 'null') return [];
  return [
    {
      severity: 'error',
      summary: `Scope ${JSON.stringify(scope)} needs a chain_prefix`,
      detail:
        `Only scope "${DEFAULT_SCOPE.name}" has one by default (${DEFAULT_SCOPE.chainPrefix}): two scopes must not ` +
        'own the same chains.\n' +
        `allowed: ${PREFIX.allowed}\nto do: choose one, such as chain_prefix = "WEB-"`,
      path: attributePath('chain_prefix'),
    },
  ];
}

function checkAdopt(host: Host): readonly Diagnostic[] {
  return (toOptional(host.adopt) ?? []).flatMap((line, index) =>
    line.kind === 'null'
      ? [badValue(atKey(attributePath('adopt'), index), 'A line is text and this one is null.')]
      : [],
  );
}

function checkManagementCidrs(host: Host): readonly Diagnostic[] {
  return (toOptional(host.management_cidrs) ?? []).flatMap((cidr, index) => {
    const path = atKey(attributePath('management_cidrs'), index);
    if (cidr.kind === 'null') return [badValue(path, 'A network is text and this one is null.')];
    return check(cidr, CIDR, path);
  });
}

const CIDR: Rule<string> = {
  allowed: 'an address without host bits, a slash and a length, such as `192.0.2.0/24` or `2001:db8::/32`',
  isMet: (text) => cidrFault(text) === undefined,
  fix: (text) => cidrFault(text)?.fix,
};

function checkParts(host: Host): readonly Diagnostic[] {
  const parts = attributePath('parts');
  return [...(toOptional(host.parts) ?? [])].flatMap(([name, text]) => {
    const path = atKey(parts, name);
    if (name.startsWith('~')) {
      return [
        badValue(
          path,
          'Names of parts that begin with `~` are kept for what a refresh finds on the host.\n' +
            'to do: choose another first character',
        ),
      ];
    }
    if (name.trim() === '') return [badValue(path, 'The name of a part must not be empty.')];
    if (text.kind !== 'null') return [];
    return [
      badValue(path, 'A part is text and this one is null.\nto do: leave the part out, or set it to ""'),
    ];
  });
}
