// Reads `ipvsadm` command lines of a part (-A, -a) and prints what they declare as lines and entries.
import type { Entry } from '../../model/entry';
import type { RealServerDeclaration, VirtualServerDeclaration } from '../../model/ipvs';
import { closest } from '../closest';
import { refuse } from '../problem';
import { checkRealServer, checkVirtualServer } from './checks';
import { readOptions } from './options';
import { printRealServer, readRealServer } from './real-server';
import { printServerAddress } from './server-address';
import { printAddressAndPort } from './values';
import { printVirtualServer, readVirtualServer } from './virtual-server';

/** What a line of `ipvsadm` may declare. */
export type IpvsDeclaration = VirtualServerDeclaration | RealServerDeclaration;

/** What the words behind `ipvsadm` declare. Throws `InvalidInput`. */
export function readIpvsadm(words: readonly string[]): readonly IpvsDeclaration[] {
  const declared = readServer(words);
  if (declared.kind === 'virtual-server') checkVirtualServer(declared);
  else checkRealServer(declared);
  return [declared];
}

/** The same of what a kernel holds: it may be what no part can say. Throws `InvalidInput` where the words are not understood. */
export function readServer(words: readonly string[]): IpvsDeclaration {
  const [word = '', ...rest] = words;
  const { command, glued } = readVerb(word);
  const options = readOptions([...glued, ...rest], command);
  return command === 'A' ? readVirtualServer(options) : readRealServer(options);
}

/** The canonical command line, and what it is compared by: ipvsadm's own words for both. */
export function ipvsEntry(declaration: IpvsDeclaration): Entry {
  const server = printServerAddress(declaration.server);
  if (declaration.kind === 'virtual-server') {
    const value = printVirtualServer(declaration);
    return { kind: declaration.kind, key: serverKey(server), value, line: `ipvsadm -A ${server} ${value}` };
  }
  const value = printRealServer(declaration);
  const words = `${server} -r ${printAddressAndPort(declaration.address, declaration.port)}`;
  return {
    kind: declaration.kind,
    key: `real-server ${words}`,
    value,
    container: serverKey(server),
    line: `ipvsadm -a ${words} ${value}`,
  };
}

/** The key of a virtual server's entry, by the words that name it: `-t 10.0.0.1:80`. */
export function serverKey(server: string): string {
  return `virtual-server ${server}`;
}

interface Verb {
  readonly command: 'A' | 'a';
  /** Options that were bundled with it: the `-t` of `-At`. */
  readonly glued: readonly string[];
}

const ALLOWED = 'ipvsadm -A VIRTUAL-SERVER …, ipvsadm -a VIRTUAL-SERVER -r REAL-SERVER …';

function readVerb(word: string): Verb {
  if (word === '--add-service') return { command: 'A', glued: [] };
  if (word === '--add-server') return { command: 'a', glued: [] };
  const [, command, glued] = /^-([Aa])(.*)$/su.exec(word) ?? [];
  if (command !== 'A' && command !== 'a') return refuseVerb(word);
  return { command, glued: glued === undefined || glued === '' ? [] : [`-${glued}`] };
}

const EDITING = ['-E', '--edit-service', '-e', '--edit-server'];
const REMOVING = ['-D', '--delete-service', '-d', '--delete-server', '-C', '--clear'];
const READING = ['-L', '-l', '--list', '-S', '--save', '-h', '--help', '-Ln', '-ln', '-Sn'];
const COUNTERS = ['-Z', '--zero'];
const WHOLE_KERNEL = ['--set', '--start-daemon', '--stop-daemon'];

function refuseVerb(word: string): never {
  const allowed = ALLOWED;
  if (EDITING.includes(word)) {
    const adding = word.startsWith('--')
      ? word.replace('edit', 'add')
      : word.replace('E', 'A').replace('e', 'a');
    refuse('editing-line', `${word} changes what is there, and a part says what is`, {
      allowed,
      fix: `write the line with ${adding}, as it shall be: what differs is changed in place, and connections live on`,
    });
  }
  if (REMOVING.includes(word)) {
    refuse('removing-line', `${word} removes, and a part says what is`, {
      allowed,
      fix: 'leave the line out, and the line that declares what it would remove: what no line declares is removed',
    });
  }
  if (READING.includes(word) || /^-[Ll]\w+$/.test(word)) {
    refuse('reading-line', `${word} reads what is there, and a part says what shall be`, {
      allowed,
      fix: 'leave the line out: the plan shows what is there',
    });
  }
  if (COUNTERS.includes(word)) {
    refuse('counters', `${word} sets counters, and those are not declared`, { allowed, fix: 'leave it out' });
  }
  refuseOther(word, allowed);
}

function refuseOther(word: string, allowed: string): never {
  if (word === '-R' || word === '--restore') {
    refuse('unknown-option', `${word} reads lines from somewhere else`, {
      allowed,
      fix: 'write each of those lines into the part, with ipvsadm before it',
    });
  }
  if (WHOLE_KERNEL.includes(word)) {
    refuse('unknown-option', `${word} sets what is of the whole host, and no virtual or real server`, {
      allowed,
      fix: 'leave the line out, and let the host do it at boot',
    });
  }
  const near = closest(word, ['--add-service', '--add-server']);
  refuse('command-missing', `ipvsadm wants its command first, got ${word === '' ? 'nothing' : word}`, {
    allowed,
    fix: near === undefined ? 'write -A or -a first' : `if ${near} is meant, write it so`,
  });
}
