// Collects the options of one rule in the order given and makes a `Rule` of them. Used by parseRule and by the command reader.
import type { Family } from '../model/iptables';
import type { Match, Rule, Target } from '../model/rule';
import type { Cursor } from './cursor';
import { Extension } from './extension';
import { GeneralMatches, readGeneralName } from './general-matches';
import { refuse } from './problem';
import { closest } from './closest';
import type { Reading } from './vocabulary/entry';
import { Given } from './vocabulary/entry';
import { implicitModule, MATCHES } from './vocabulary/matches';
import { OTHER_EXTENSIONS, TARGETS, VERDICTS } from './vocabulary/targets';

export class RuleReader {
  readonly #family: Family;
  readonly #general: GeneralMatches;
  readonly #modules: Extension[] = [];
  #target: { readonly option: string; readonly name: string; readonly extension: Extension } | undefined;
  #latest: Extension | undefined;
  #isEmpty = true;

  constructor(family: Family) {
    this.#family = family;
    this.#general = new GeneralMatches(family);
  }

  /** Takes the next option with its values. Throws `InvalidInput`. */
  take(cursor: Cursor): void {
    this.#isEmpty = false;
    const negated = cursor.takeNegation();
    if (!cursor.isOptionNext() || cursor.done) {
      this.#takeStray(cursor, negated);
      return;
    }
    const option = cursor.takeOption();
    const general = readGeneralName(option);
    if (general !== undefined) this.#general.take(general, cursor, negated);
    else if (option === '-m' || option === '--match') this.#openModule(cursor.takeValue(option), negated);
    else if (option === '-j' || option === '--jump') this.#openTarget('-j', cursor, negated);
    else if (option === '-g' || option === '--goto') this.#openTarget('-g', cursor, negated);
    else this.#takeExtensionOption(option, cursor, negated);
  }

  /** True if no option of a rule was met. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** One rule, or several where `-s a,b` or `-d a,b` was given. Throws `InvalidInput`. */
  finish(): Rule[] {
    const reading = this.#reading();
    const modules = this.#modules.map((module) => readModule(module, reading));
    const target = this.#readTarget(reading);
    return this.#general.alternatives().map((general) => {
      const matches = [...general, ...modules];
      return target === undefined ? { matches } : { matches, target };
    });
  }

  #reading(): Reading {
    const protocol = this.#general.protocol();
    return { family: this.#family, ...(protocol === undefined ? {} : { protocol }) };
  }

  #takeStray(cursor: Cursor, negated: boolean): void {
    const word = cursor.peek();
    if (word !== undefined && !negated && this.#latest?.isOpaque === true) {
      this.#latest.takeWord(cursor.next());
      return;
    }
    if (word === undefined)
      refuse('stray-word', 'the line ends with !', { fix: 'write the option that it negates behind it' });
    refuse('stray-word', `${word} is no option and no value of one`, {
      allowed: 'options and their values; ! stands before an option, with a space on both sides',
      fix: word.startsWith('!')
        ? `write ! and a space before the option, as in \`! -d 192.0.2.0/24\``
        : 'leave the word out',
    });
  }

  #openModule(name: string, negated: boolean): void {
    if (negated)
      refuse('bad-negation', `-m ${name} cannot be negated`, {
        fix: 'write ! before an option of the module',
      });
    const near = MATCHES.has(name) ? undefined : closest(name, [...MATCHES.keys()]);
    if (near !== undefined)
      refuse('unknown-match', `${name} is no match`, { fix: `if ${near} is meant, write it so` });
    this.#open(new Extension(['-m', name], MATCHES.get(name)));
  }

  #open(module: Extension): void {
    this.#modules.push(module);
    this.#latest = module;
  }

  #openTarget(option: string, cursor: Cursor, negated: boolean): void {
    const name = cursor.takeValue(option);
    if (negated)
      refuse('bad-negation', `${option} ${name} cannot be negated`, { fix: 'write ! before a match' });
    if (this.#target !== undefined)
      refuse('given-twice', `a rule has one target, got ${this.#target.name} and ${name}`);
    const extension = new Extension([option, name], TARGETS.get(name));
    this.#target = { option, name, extension };
    this.#latest = extension;
  }

  #takeExtensionOption(option: string, cursor: Cursor, negated: boolean): void {
    const open = [
      ...(this.#target === undefined ? [] : [this.#target.extension]),
      ...[...this.#modules].reverse(),
    ];
    // The one that was opened last has the first say, as with the tools.
    open.sort((a, b) => Number(b === this.#latest) - Number(a === this.#latest));
    for (const extension of open) if (extension.take(option, cursor, negated)) return;
    const implicit = implicitModule(this.#general.protocol() ?? '');
    if (implicit !== undefined && !this.#modules.some(({ name }) => name === implicit.module)) {
      const module = new Extension(['-m', implicit.module], implicit);
      if (module.take(option, cursor, negated)) {
        this.#open(module);
        return;
      }
    }
    const opaque =
      open.find(({ isOpaque }) => isOpaque) ?? (this.#latest?.isModelled === true ? this.#latest : undefined);
    refuseNearMiss(option, [
      ...open.flatMap(({ names }) => names),
      ...(implicit?.options.map(({ name }) => name) ?? []),
    ]);
    if (opaque === undefined) refuseUnknown(option, this.#general.protocol());
    this.#latest = opaque;
    opaque.becomeOpaque(option, negated);
  }

  #readTarget(reading: Reading): Target | undefined {
    if (this.#target === undefined) return undefined;
    const { option, name, extension } = this.#target;
    const verdict = VERDICTS.find((known) => known === name);
    if (option === '-g')
      return extension.isEmpty && verdict === undefined ? { kind: 'goto', chain: name } : refuseGoto(name);
    if (extension.isOpaque && (OTHER_EXTENSIONS.has(name) || !extension.isEmpty)) {
      return { kind: 'opaque', words: extension.words };
    }
    const entry = TARGETS.get(name);
    if (entry !== undefined) return entry.read(new Given(name, extension.options, reading));
    return verdict === undefined ? { kind: 'jump', chain: name } : { kind: 'verdict', verdict };
  }
}

function readModule(module: Extension, reading: Reading): Match {
  const entry = MATCHES.get(module.name);
  if (entry === undefined || module.isOpaque) return { kind: 'opaque', words: module.words };
  return entry.read(new Given(module.name, module.options, reading));
}

function refuseGoto(name: string): never {
  refuse('bad-goto', `-g goes to a user-defined chain, got ${name}`, { fix: `write -j ${name}` });
}

/** A new option of a newer tool is kept as it is; one that looks like a slip is refused. */
function refuseNearMiss(option: string, names: readonly string[]): void {
  const near =
    names.find((name) => name.startsWith(option) || option.startsWith(name)) ?? closest(option, names);
  if (near === undefined) return;
  const glued = option.startsWith(near);
  refuse('unknown-option', `${option} is no option here`, {
    allowed: [...new Set(names)].join(', '),
    fix: glued ? `write a space behind ${near}` : `if ${near} is meant, write it so, in full`,
  });
}

function refuseUnknown(option: string, protocol: string | undefined): never {
  const isPort = /^--(source-port|destination-port|sport|dport|syn|tcp-)/.test(option);
  if (isPort) {
    refuse(
      'protocol-missing',
      `${option} stands behind no -p of a protocol that has it${protocol === undefined ? '' : `, got -p ${protocol}`}`,
      {
        allowed: '-p tcp, udp, sctp or dccp before it, not negated',
        fix: `write -p tcp before ${option}`,
      },
    );
  }
  refuse('unknown-option', `${option} is no option of iptables, and no -m or -j before it has it`, {
    fix: 'write the -m that it belongs to before it',
  });
}
