// Reads one `sysctl` command line of a part, and prints one. Keys are kept in the dotted form in which sysctl(8) prints them.
import type { SysctlDeclaration } from '../model/declaration';
import { closest } from './closest';
import { refuse } from './problem';

const ALLOWED = 'sysctl [-w] KEY=VALUE …';

/** What the words behind `sysctl` declare: one declaration per `KEY=VALUE`. Throws `InvalidInput`. */
export function readSysctl(words: readonly string[]): readonly SysctlDeclaration[] {
  const settings = words.filter((word) => !isWriteOption(word)).map(readSetting);
  if (settings.length === 0)
    refuse('value-missing', 'sysctl is given nothing to set', { allowed: ALLOWED, fix: 'write KEY=VALUE' });
  return settings;
}

/** The key in dotted form. In the slash form a `.` is part of a name (`net/ipv4/conf/eth0.1/…`), in the dotted form it is `/`. */
export function readSysctlKey(text: string): string {
  const firstSeparator = /[./]/.exec(text)?.[0];
  const names = text
    .split(firstSeparator === '/' ? '/' : '.')
    .map((name) => (firstSeparator === '/' ? name : name.replaceAll('/', '.')));
  if (names.length < 2 || !names.every(isName)) {
    const isPath = text.startsWith('/');
    refuse('bad-sysctl-key', `${text === '' ? 'nothing' : text} is no sysctl key`, {
      allowed: 'names joined by dots (net.ipv4.ip_forward) or by slashes (net/ipv4/conf/eth0.1/rp_filter)',
      fix: isPath ? 'write the key without /proc/sys/' : 'write the key as `sysctl -a` shows it',
    });
  }
  return names.map((name) => name.replaceAll('.', '/')).join('.');
}

/** The value with one space between its fields, as it is compared. */
export function normaliseSysctlValue(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}

function readSetting(word: string): SysctlDeclaration {
  if (word.startsWith('-')) refuseOption(word);
  const equals = word.indexOf('=');
  if (equals < 0) {
    refuse('value-missing', `${word} has no value`, {
      allowed: ALLOWED,
      fix: 'write KEY=VALUE without spaces around the =, and quotes around a value with spaces',
    });
  }
  const value = normaliseSysctlValue(word.slice(equals + 1));
  if (value === '') {
    refuse('value-missing', `${word} has no value`, {
      allowed: ALLOWED,
      fix: 'write the value behind the =, without a space',
    });
  }
  return { kind: 'sysctl', key: readSysctlKey(word.slice(0, equals)), value };
}

function isWriteOption(word: string): boolean {
  return word === '-w' || word === '--write';
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9_@:.+-]+$/.test(name) && name !== '.' && name !== '..';
}

function refuseOption(option: string): never {
  const near = closest(option, ['--write']);
  refuse('unknown-option', `sysctl ${option} declares nothing`, {
    allowed: ALLOWED,
    fix:
      near === undefined
        ? 'write each setting as a line of its own; files of the host and what they hold are not declared'
        : `if ${near} is meant, write it so`,
  });
}
