// Host names as known_hosts(5) writes them: plain, comma lists, `*` `?` `!`, hashed, `[host]:port`. Used by known-hosts.ts.
import { createHmac } from 'node:crypto';

const DEFAULT_PORT = 22;

/** What known_hosts calls a host: `host` on port 22, `[host]:port` elsewhere. */
export function knownHostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

/** True if the first field of a known_hosts line means this host. A negated pattern that matches rules the line out. */
export function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  let isMatch = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    const isNegated = pattern.startsWith('!');
    if (!matchesPattern(isNegated ? pattern.slice(1) : pattern, name)) continue;
    if (isNegated) return false;
    isMatch = true;
  }
  return isMatch;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, keyed by the salt, both in base64. */
function matchesHash(field: string, name: string): boolean {
  const [, version, salt, hash] = field.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** Two cursors and one place to come back to, so that no pattern costs more than pattern times name. */
function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let starName = 0;
  for (let position = 0; position < name.length;) {
    if (pattern[at] === '*') {
      star = at++;
      starName = position;
    } else if (pattern[at] === '?' || pattern[at] === name[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++starName;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
