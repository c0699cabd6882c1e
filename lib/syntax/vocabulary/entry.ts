// What the vocabulary of matches and targets consists of: one entry per `-m` module and per `-j` extension, print and parse side by side.
import type { Family, Table } from '../../model/iptables';
import type { Match, ModuleOption, Target } from '../../model/rule';
import { refuse } from '../problem';

/** What an option looks like on a command line. */
export interface OptionShape {
  /** As iptables-save prints it, dashes included. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** How many words follow. @default 1 */
  readonly values?: 0 | 1 | 2;
  /** @default - not negatable */
  readonly negatable?: boolean;
  /** A free text, which the tools save in quotes where it needs them, or always. @default - a word, which they save bare */
  readonly text?: true | 'always';
}

/** An option that was given, by its canonical name. */
export interface GivenOption {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** What else of the rule the reading of an extension depends on. */
export interface Reading {
  readonly family: Family;
  /** Of `-p`, by canonical name; absent where there is none or it is negated. */
  readonly protocol?: string;
}

/** Where the tools take an extension. */
export interface Place {
  /** The only one whose tool has it. @default - both have it */
  readonly family?: Family;
  /** The tables that iptables(8) names for it. @default - all */
  readonly tables?: readonly Table[];
  /** The built-in chains that iptables(8) names for it; user-defined ones are called from there. @default - all */
  readonly chains?: readonly string[];
}

/** A match: what may stand behind its `-m`, and what it means. */
export interface MatchEntry extends Place {
  /** The word behind `-m`. */
  readonly module: string;
  readonly options: readonly OptionShape[];
  /** Absent where the options are known but not their meaning: the use is kept opaque. Throws `InvalidInput` for what the tools refuse. */
  readonly read: (given: Given) => Match | undefined;
}

/** A target extension: what may stand behind its `-j`, and what it means. */
export interface TargetEntry extends Place {
  /** The word behind `-j`. */
  readonly extension: string;
  readonly options: readonly OptionShape[];
  /** Absent where the options are known but not their meaning: the use is kept opaque. Throws `InvalidInput` for what the tools refuse. */
  readonly read: (given: Given) => Target | undefined;
}

/** The options that one use of an extension was given, and what else of the rule matters to it. */
export class Given {
  readonly extension: string;
  readonly options: readonly GivenOption[];
  readonly reading: Reading;

  constructor(extension: string, options: readonly GivenOption[], reading: Reading) {
    this.extension = extension;
    this.options = options;
    this.reading = reading;
    for (const { name } of options) {
      if (options.filter((other) => other.name === name).length > 1) {
        refuse('given-twice', `${name} is given twice to ${extension}`, {
          allowed: 'each option once',
          fix: `leave one out, or write a second rule`,
        });
      }
    }
  }

  /** The first value of the option by name, if it was given. */
  value(name: string): string | undefined {
    return this.find(name)?.values[0];
  }

  /** The first of the options by name that was given. */
  find(...names: readonly string[]): GivenOption | undefined {
    return this.options.find(({ name }) => names.includes(name));
  }

  /** Refuses options that have no meaning beside the ones named. */
  allow(...names: readonly string[]): void {
    const stray = this.options.find(({ name }) => !names.includes(name));
    if (stray === undefined) return;
    refuse('stray-option', `${stray.name} of ${this.extension} means nothing beside its other options`, {
      allowed: names.join(', '),
      fix: `leave ${stray.name} out`,
    });
  }

  /** The first of the options that was given; refuses a use without any of them. */
  require(...names: readonly string[]): GivenOption {
    const found = this.find(...names);
    if (found !== undefined) return found;
    const wanted = names.length === 1 ? `${names.join('')} and its value` : 'one of them';
    return refuse('option-missing', `${this.extension} needs ${names.join(' or ')}`, {
      fix: `write ${wanted} behind ${this.extension}`,
    });
  }
}

/** Refuses more than one of options that exclude each other, and none of them. */
export function requireOneOf(given: Given, names: readonly string[]): GivenOption {
  const [option, second] = given.options.filter(({ name }) => names.includes(name));
  if (option === undefined) return given.require(...names);
  if (second === undefined) return option;
  return refuse('given-twice', `${given.extension} takes one of ${names.join(', ')}`, {
    fix: `leave ${second.name} out`,
  });
}

/** An option of an extension that has no meaning to us beyond its text: how the tools print it. */
export interface PlainOption extends OptionShape {
  /** The value in the tools' form; throws `InvalidInput`. @default - as given */
  readonly canonical?: (value: string, reading: Reading) => string;
  /** What the tools print where it is not given. @default - nothing */
  readonly filledIn?: string | ((given: Given) => string | undefined);
  /** The canonical value that the tools leave out. @default - none */
  readonly leftOut?: string;
  readonly required?: boolean;
}

/** The options in the tools' form, in the order of `shapes`, which is the order in which the tools print them. */
export function plainOptions(given: Given, shapes: readonly PlainOption[]): ModuleOption[] {
  const options: ModuleOption[] = [];
  for (const shape of shapes) {
    if (shape.required === true) given.require(shape.name);
    const option = given.find(shape.name);
    const values = option === undefined ? filledIn(given, shape) : canonical(option, shape, given.reading);
    if (
      values === undefined ||
      (shape.leftOut !== undefined && values[0] === shape.leftOut && option?.negated !== true)
    ) {
      continue;
    }
    options.push({ name: shape.name, ...(option?.negated === true ? { negated: true } : {}), values });
  }
  return options;
}

/** Beside the options: where the tools take the extension, and what of its use they refuse. */
interface Limits extends Place {
  readonly check?: (given: Given) => void;
}

/** An entry for a module whose options are kept as text in the tools' form. */
export function plainMatch(
  module: string,
  options: readonly PlainOption[],
  { check, ...place }: Limits = {},
): MatchEntry {
  return {
    module,
    options,
    ...place,
    read: (given) => {
      check?.(given);
      return { kind: 'module', module, options: plainOptions(given, options) };
    },
  };
}

/** An entry for a module whose options we can tell apart, so that no value is taken for an option, but not print: it stays opaque. */
export function opaqueMatch(module: string, options: readonly OptionShape[]): MatchEntry {
  return { module, options, read: () => undefined };
}

/** The same for a target extension. */
export function opaqueTarget(extension: string, options: readonly OptionShape[]): TargetEntry {
  return { extension, options, read: () => undefined };
}

/** An entry for a target extension whose options are kept as text in the tools' form. */
export function plainTarget(
  extension: string,
  options: readonly PlainOption[],
  { check, ...place }: Limits = {},
): TargetEntry {
  return {
    extension,
    options,
    ...place,
    read: (given) => {
      check?.(given);
      return { kind: 'extension', extension, options: plainOptions(given, options) };
    },
  };
}

/** The words of options that are in the tools' form. */
export function printOptions(options: readonly ModuleOption[]): string[] {
  return options.flatMap((option) => [...printNot(option), option.name, ...option.values]);
}

/** The word that stands before a negated option. */
export function printNot({ negated }: { readonly negated?: boolean }): string[] {
  return negated === true ? ['!'] : [];
}

function filledIn(given: Given, shape: PlainOption): readonly string[] | undefined {
  const value = typeof shape.filledIn === 'function' ? shape.filledIn(given) : shape.filledIn;
  return value === undefined ? undefined : value === '' ? [] : [value];
}

function canonical(option: GivenOption, shape: PlainOption, reading: Reading): readonly string[] {
  return option.values.map((value) => shape.canonical?.(value, reading) ?? value);
}
