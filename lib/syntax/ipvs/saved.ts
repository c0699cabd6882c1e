// Reads what a kernel holds, as `ipvsadm -Sn` prints it with the thresholds behind each real server, into entries. Used by converge.
import type { Entry } from '../../model/entry';
import { InvalidInput } from '../../model/errors';
import { splitWords } from '../words';
import { ipvsEntry, readServer, serverKey } from './ipvsadm';

/** Text of `ipvsadm -Sn` that is not what the tool prints. */
export class UnreadableServers extends Error {
  constructor(line: string) {
    super(`not a line of ipvsadm -Sn: ${line}`);
    this.name = 'UnreadableServers';
  }
}

/** One entry for each line, in the order of the lines. Throws `UnreadableServers`: of a line that is passed over, the server would be gone. */
export function parseIpvsSave(text: string): Entry[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => readLine(line.trim()));
}

/** `-b` with nothing behind it is how flag-3 of sh and mh is printed. A newer ipvsadm may print what this version does not know: then its own words are what is compared. */
function readLine(line: string): Entry {
  try {
    return ipvsEntry(readServer(splitWords(line.replace(/ -b$/, " -b ''"))));
  } catch (error) {
    if (error instanceof InvalidInput) return literalEntry(line);
    throw error;
  }
}

const LITERAL = /^-([Aa]) (-f \S+(?: -6)?|\S+ \S+)(?: (-r \S+))?(.*)$/;

function literalEntry(line: string): Entry {
  const [, command, server = '', realServer, rest = ''] = LITERAL.exec(line) ?? [];
  const shared = { value: rest.trim(), line: `ipvsadm ${line}` };
  const container = serverKey(server);
  if (command === 'A' && realServer === undefined)
    return { kind: 'virtual-server', key: container, ...shared };
  if (command === 'a' && realServer !== undefined) {
    return { kind: 'real-server', key: `real-server ${server} ${realServer}`, container, ...shared };
  }
  throw new UnreadableServers(line);
}
