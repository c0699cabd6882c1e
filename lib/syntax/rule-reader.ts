// Collects the options of one rule in the order given and makes a `Rule` of them. Used by parseRule and by the command reader.
import type { Family } from '../model/iptables';
import type { Match, Rule, Target } from '../model/rule';
import type { Cursor } from './cursor';
import { Extension } from './extension';
import { GeneralMatches, readGeneralName } from './general-matches';
import { refuse } from './problem';
import {
  refuseAbbreviation,
  refuseNearModule,
  refuseNearOption,
  refuseOtherFamily,
  refuseStray,
  refuseUnknownOption,
} from './rule-refusals';
import type { MatchEntry, Reading } from './vocabulary/entry';
import { Given } from './vocabulary/entry';
import { implicitModule, isPortsModule, MATCHES } from './vocabulary/matches';
import { OTHER_EXTENSIONS, TARGETS, VERDICTS } from './vocabulary/targets';

interface OpenTarget {
  readonly option: '-j' | '-g';
  readonly extension: Extension;
}

/** One rule while its options are read; `finish` tells what they mean together. */
export class RuleReader {
  readonly #family: Family;
  readonly #general: GeneralMatches;
  readonly #modules: Extension[] = [];
  #target: OpenTarget | undefined;
  /** The module or target that was opened or spoken of last. */
  #latest: Extension | undefined;
  #isEmpty = true;

  constructor(family: Family) {
    this.#family = family;
    this.#general = new GeneralMatches(family);
  }

  /** True if no option of a rule was met. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Takes the next option with its values. Throws `InvalidInput`. */
  take(cursor: Cursor): void {
    this.#isEmpty = false;
    const negated = cursor.takeNegation();
    if (cursor.done || !cursor.isOptionNext()) {
      this.#takeStray(cursor, negated);
      return;
    }
    const option = cursor.takeOption();
    const general = readGeneralName(option);
    if (general !== undefined) this.#general.take(general, cursor, negated);
    else if (option === '-m' || option === '--match') this.#openModule(cursor.takeValue(option), negated);
    else if (option === '-j' || option === '--jump')
      this.#openTarget('-j', cursor.takeValue(option), negated);
    else if (option === '-g' || option === '--goto')
      this.#openTarget('-g', cursor.takeValue(option), negated);
    else this.#takeExtensionOption(option, cursor, negated);
  }

  /** One rule, or several where `-s a,b` or `-d a,b` was given. Throws `InvalidInput`. */
  finish(): Rule[] {
    const protocol = this.#general.protocol();
    const reading = { family: this.#family, ...(protocol === undefined ? {} : { protocol }) };
    const modules = this.#modules.map((module) => readModule(module, reading));
    const target = this.#target === undefined ? undefined : readTarget(this.#target, reading);
    return this.#general.alternatives().map((general) => {
      const matches = [...general, ...modules];
      return target === undefined ? { matches } : { matches, target };
    });
  }

  /** A value of an option that we do not know, or a word too many. */
  #takeStray(cursor: Cursor, negated: boolean): void {
    if (negated || this.#latest?.takesWords !== true) refuseStray(cursor.peek());
    this.#latest.takeWord(cursor.next());
  }

  #openModule(name: string, negated: boolean): void {
    if (negated)
      refuse('bad-negation', `-m ${name} cannot be negated`, {
        fix: 'write ! before an option of the module',
      });
    refuseNearModule(name);
    refuseOtherFamily(`-m ${name}`, MATCHES.get(name), this.#family);
    if (isPortsModule(name) && this.#modules.some((module) => module.name === name)) {
      refuse('given-twice', `-m ${name} is given twice, and iptables with nft would make one of it`, {
        fix: `write its options behind one -m ${name}`,
      });
    }
    this.#latest = new Extension(['-m', name], MATCHES.get(name));
    this.#modules.push(this.#latest);
  }

  #openTarget(option: OpenTarget['option'], name: string, negated: boolean): void {
    if (negated)
      refuse('bad-negation', `${option} ${name} cannot be negated`, { fix: 'write ! before a match' });
    if (this.#target !== undefined) {
      refuse('given-twice', `a rule has one target, got ${this.#target.extension.name} and ${name}`, {
        fix: 'write two rules',
      });
    }
    const entry = option === '-j' ? TARGETS.get(name) : undefined;
    refuseOtherFamily(`-j ${name}`, entry, this.#family);
    this.#latest = new Extension([option, name], entry);
    this.#target = { option, extension: this.#latest };
  }

  #takeExtensionOption(option: string, cursor: Cursor, negated: boolean): void {
    const open = this.#openExtensions();
    if (open.some((extension) => extension.take(option, cursor, negated))) return;
    refuseAbbreviation(option, open);
    const implicit = this.#implicitModule();
    if (implicit !== undefined) {
      const module = new Extension(['-m', implicit.module], implicit);
      if (module.take(option, cursor, negated)) {
        refuseOtherFamily(`-m ${implicit.module}`, implicit, this.#family);
        this.#modules.push(module);
        this.#latest = module;
        return;
      }
    }
    const opaque = open.find(({ isOpaque }) => isOpaque) ?? this.#latest;
    if (opaque?.isOpaque !== true)
      refuseNearOption(option, [...open.flatMap(({ shapes }) => shapes), ...(implicit?.options ?? [])]);
    if (opaque === undefined || isVerdict(opaque.name)) refuseUnknownOption(option, this.#general.protocol());
    this.#latest = opaque;
    opaque.becomeOpaque(option, negated);
  }

  /** The one that was spoken of last has the first say, as with the tools. */
  #openExtensions(): Extension[] {
    const target = this.#target === undefined ? [] : [this.#target.extension];
    const open = [...target, ...[...this.#modules].reverse()];
    return open.sort((a, b) => Number(b === this.#latest) - Number(a === this.#latest));
  }

  #implicitModule(): MatchEntry | undefined {
    const implicit = implicitModule(this.#general.protocol() ?? '');
    return this.#modules.some(({ name }) => name === implicit?.module) ? undefined : implicit;
  }
}

function readModule(module: Extension, reading: Reading): Match {
  const entry = module.isOpaque ? undefined : MATCHES.get(module.name);
  const match = entry?.read(new Given(module.name, module.options, reading));
  return match ?? { kind: 'opaque', words: module.words };
}

function readTarget({ option, extension }: OpenTarget, reading: Reading): Target {
  const { name } = extension;
  const verdict = VERDICTS.find((known) => known === name);
  if (verdict !== undefined && option === '-j') return { kind: 'verdict', verdict };
  const entry = extension.isOpaque ? undefined : TARGETS.get(name);
  const target = entry?.read(new Given(name, extension.options, reading));
  if (target !== undefined) return target;
  if (TARGETS.has(name) || OTHER_EXTENSIONS.has(name) || !extension.isEmpty || verdict !== undefined) {
    if (option === '-j') return { kind: 'opaque', words: extension.words };
    refuse('bad-goto', `-g goes to a user-defined chain, got ${name}`, { fix: `write -j ${name}` });
  }
  return { kind: option === '-j' ? 'jump' : 'goto', chain: name };
}

function isVerdict(name: string): boolean {
  return VERDICTS.some((verdict) => verdict === name);
}
