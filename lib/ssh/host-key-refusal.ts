// What to tell the user whose host showed a key that is not trusted: text only. Used by host-key.ts.
import type { HostKeyVerdict, KnownHost } from './known-hosts';
import { printFingerprint } from './public-key';

/** The host, what it showed, and where its key was looked for. */
export interface RefusedHost {
  /** `user@address:port`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** As known_hosts calls it: `[address]:port`. */
  readonly knownHostName: string;
  /** Type and fingerprint of the key that it showed. */
  readonly shown: string;
  /** The known_hosts files that were read. */
  readonly files: readonly string[];
  readonly bastionName?: string;
}

type Refusal = Exclude<HostKeyVerdict, { readonly kind: 'known' }>;

/** What was found, and the commands that mend it where the key is the right one after all. */
export function printHostKeyRefusal(verdict: Refusal, host: RefusedHost): { message: string; fix: string } {
  switch (verdict.kind) {
    case 'unknown':
      return { message: printUnknown(host, verdict.authorities), fix: printLearning(host) };
    case 'changed':
      return {
        message: [
          `the key of ${host.name} has changed: the host was reinstalled, or this is another host in its place`,
          `shown: ${host.shown}`,
          `known: ${printEntry(verdict.entry)}`,
        ].join('\n'),
        fix: [
          'find out why; where the change is meant, remove the old key:',
          `ssh-keygen -R '${host.knownHostName}' -f '${verdict.entry.file}'`,
          'and add the new one:',
          printLearning(host),
        ].join('\n'),
      };
    case 'revoked':
      return {
        message: [
          `the key of ${host.name} is revoked: whoever has it must not be trusted`,
          `shown: ${host.shown}`,
          `revoked: ${printEntry(verdict.entry)}`,
        ].join('\n'),
        fix: `give the host a new key, then:\n${printLearning(host)}`,
      };
  }
}

function printUnknown(host: RefusedHost, authorities: readonly KnownHost[]): string {
  return [
    `the key of ${host.name} is not known`,
    `shown: ${host.shown}`,
    `looked for: ${host.knownHostName} in ${host.files.join(', ')}`,
    ...authorities.map(
      ({ file, line }) =>
        `${file}:${line} trusts a certificate authority for it: host certificates are not supported, its plain key is needed`,
    ),
  ].join('\n');
}

function printEntry(entry: KnownHost): string {
  return `${entry.keyType} ${printFingerprint(entry.bytes)} in ${entry.file}:${entry.line}`;
}

/** The scan itself proves nothing: it asks the same network. So the comparison comes first. */
function printLearning(host: RefusedHost): string {
  const file = host.files[0] ?? '~/.ssh/known_hosts';
  const scan = `ssh-keyscan -p ${host.port} '${host.address}'`;
  return [
    'compare the fingerprint with the one on the host itself (its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then:',
    `${host.bastionName === undefined ? scan : `${printSshCommand(host.bastionName)} "${scan}"`} >> '${file}'`,
    'or set host_key',
  ].join('\n');
}

function printSshCommand(name: string): string {
  return `ssh 'ssh://${name}'`;
}
