// The id of an import, `scope@address:port` or `scope@[v6]:port`, as a user types it behind `terraform import`.
import { SCOPE_NAME } from '../model/scope';
import { ADDRESS, PORT } from './checks';
import { Rejected } from './protocol/diagnostic';

/** As far as an id can tell; all else about the scope the host itself remembers. */
export interface ImportId {
  readonly scope: string;
  readonly address: string;
  readonly port: number;
}

const FORM = /^(?<scope>[^@]*)@(?:\[(?<v6>[^\]]*)\]|(?<name>[^:[\]]*)):(?<port>[0-9]+)$/;

/** Throws `Rejected`, which names the usual mistake. */
export function parseImportId(id: string): ImportId {
  const { scope = '', v6, name, port = '' } = FORM.exec(id)?.groups ?? {};
  const address = v6 ?? name ?? '';
  if (!FORM.test(id)) throw refused(id, usualMistake(id));
  if (!SCOPE_NAME.test(scope)) {
    throw refused(
      id,
      `the scope ${JSON.stringify(scope)} is not a name of letters, digits, ".", "_" and "-"`,
    );
  }
  if (!ADDRESS.isMet(address) || (v6 !== undefined && !v6.includes(':'))) {
    throw refused(id, `the address ${JSON.stringify(address)} is not ${ADDRESS.allowed}`);
  }
  if (!PORT.isMet(Number(port))) throw refused(id, `the port ${port} is not ${PORT.allowed}`);
  return { scope, address, port: Number(port) };
}

function usualMistake(id: string): string {
  if (!id.includes('@')) return 'the scope and `@` are missing in front of the address';
  const address = id.slice(id.indexOf('@') + 1);
  if (/^[^[\]]*:.*:/.test(address)) return 'an IPv6 address stands in brackets, with the port behind them';
  return /:[0-9]+$/.test(address) ? 'the address cannot be read' : 'the port is missing, or is no number';
}

function refused(id: string, why: string): Rejected {
  return new Rejected([
    {
      severity: 'error',
      summary: 'Bad import id',
      detail: [
        `given: ${JSON.stringify(id)}: ${why}`,
        'allowed: scope@address:port, or scope@[v6]:port',
        'example: default@192.0.2.1:22',
      ].join('\n'),
    },
  ]);
}
