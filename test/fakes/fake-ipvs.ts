// Subsystem ipvs of the host in memory: interprets the input of `ipvsadm -R` as the kernel does, which goes on after what it refuses.
import type { Entry } from '../../lib/model/entry';
import { InvalidInput } from '../../lib/model/errors';
import { checkRealServer, checkVirtualServer } from '../../lib/syntax/ipvs/checks';
import { ipvsEntry, readServer } from '../../lib/syntax/ipvs/ipvsadm';
import { splitWords } from '../../lib/syntax/words';
import { RestoreFailed } from './fake-kernel';
import type { FakeSubsystem } from './fake-subsystem';

/** What the kernel answers; ipvsadm prints it and goes on with the next line. */
type Refusal = string | undefined;

export class FakeIpvs implements FakeSubsystem {
  /** In the order in which they came; real servers behind all virtual ones. */
  private readonly servers = new Map<string, Entry>();
  /** By key of a real server: how many connections it has. */
  readonly connections = new Map<string, number>();

  constructor(readonly missingSchedulers: Set<string> = new Set(['twos'])) {}

  read(): string {
    return this.fingerprints()
      .map((line) => `${line}\n`)
      .join('');
  }

  run(text: string): void {
    const refusals = this.interpret(text);
    const [first] = refusals;
    if (first !== undefined) throw new RestoreFailed(first.line, first.words);
  }

  undo(text: string): void {
    const other = this.interpret(text).find(
      ({ words }) => !/already exists$|^No such |not defined$/.test(words),
    );
    if (other !== undefined) throw new RestoreFailed(other.line, other.words);
  }

  fingerprints(): readonly string[] {
    const all = [...this.servers.values()];
    const ofKind = (kind: Entry['kind']): Entry[] => all.filter((entry) => entry.kind === kind);
    return [...ofKind('virtual-server'), ...ofKind('real-server')].map(({ line }) =>
      line.slice('ipvsadm '.length),
    );
  }

  /** Of the real servers that are there. */
  counts(): ReadonlyMap<string, number> {
    const real = [...this.servers.values()].filter(({ kind }) => kind === 'real-server');
    return new Map(real.map(({ key }) => [key, this.connections.get(key) ?? 0]));
  }

  fresh(): FakeSubsystem {
    return new FakeIpvs(this.missingSchedulers);
  }

  save(): string {
    return this.read();
  }

  /** Ends where ipvsadm itself does not understand a line. */
  private interpret(text: string): { readonly line: number; readonly words: string }[] {
    const refusals: { line: number; words: string }[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      if (line === '') continue;
      try {
        const words = this.interpretLine(line);
        if (words !== undefined) refusals.push({ line: index + 1, words });
      } catch (error) {
        if (error instanceof InvalidInput) throw new RestoreFailed(index + 1, error.message);
        throw error;
      }
    }
    return refusals;
  }

  private interpretLine(line: string): Refusal {
    const [verb = '', ...words] = splitWords(line);
    const adding = { '-A': '-A', '-E': '-A', '-D': '-A', '-a': '-a', '-e': '-a', '-d': '-a' }[verb];
    if (adding === undefined) throw new RestoreFailed(1, `ipvsadm knows no ${verb}`);
    const declared = readServer([adding, ...words]);
    const entry = ipvsEntry(declared);
    const isRemoval = verb === '-D' || verb === '-d';
    if (!isRemoval && declared.kind === 'virtual-server') checkVirtualServer(declared);
    if (!isRemoval && declared.kind === 'real-server') checkRealServer(declared);
    if (declared.kind === 'virtual-server' && this.missingSchedulers.has(declared.scheduler))
      return 'Scheduler or persistence engine not found';
    return this.change(verb, entry);
  }

  private change(verb: string, entry: Entry): Refusal {
    const { key, container, kind } = entry;
    const isThere = this.servers.has(key);
    if (container !== undefined && !this.servers.has(container)) return 'Service not defined';
    if (verb === '-A' || verb === '-a') {
      if (isThere) return kind === 'virtual-server' ? 'Service already exists' : 'Destination already exists';
      this.servers.set(key, entry);
      return undefined;
    }
    if (!isThere) return kind === 'virtual-server' ? 'No such service' : 'No such destination';
    if (verb === '-E' || verb === '-e') {
      this.servers.set(key, entry);
      return undefined;
    }
    this.servers.delete(key);
    for (const child of [...this.servers.values()])
      if (child.container === key) this.servers.delete(child.key);
    return undefined;
  }
}
