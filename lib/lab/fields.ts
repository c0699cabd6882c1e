// Reads the fields of one JSON object and gathers what is wrong with them. Used by read-spec.ts and its neighbours.
import type { LabFileProblem } from './errors';

/** What a text must look like, and how to say so. */
export interface TextRule {
  readonly pattern: RegExp;
  readonly allowed: string;
  /** A secret is never repeated in a message. */
  readonly isSecret?: boolean;
}

export class Fields {
  readonly at: string;
  private readonly fields: ReadonlyMap<string, unknown>;
  private readonly problems: LabFileProblem[];

  private constructor(at: string, fields: ReadonlyMap<string, unknown>, problems: LabFileProblem[]) {
    this.at = at;
    this.fields = fields;
    this.problems = problems;
  }

  /** The fields of `value`; none, and a problem noted, where it is not a JSON object. */
  static of(value: unknown, at: string, problems: LabFileProblem[]): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Fields(at, new Map(Object.entries(value)), problems);
    }
    problems.push({ at, what: 'must be a JSON object', given: show(value) });
    return new Fields(at, new Map(), problems);
  }

  refuse(key: string, what: string, rest: { given?: unknown; allowed?: string } = {}): void {
    this.problems.push({
      at: this.pathOf(key),
      what,
      ...('given' in rest ? { given: show(rest.given) } : {}),
      ...(rest.allowed === undefined ? {} : { allowed: rest.allowed }),
    });
  }

  /** Notes every field that is not one of these: a misspelt word must not be ignored. */
  allowOnly(...known: readonly string[]): void {
    for (const key of this.fields.keys()) {
      if (!known.includes(key)) this.refuse(key, 'unknown field', { allowed: known.join(', ') });
    }
  }

  has(key: string): boolean {
    return this.fields.has(key);
  }

  text(key: string, rule: TextRule): string | undefined {
    const value = this.fields.get(key);
    if (typeof value === 'string' && rule.pattern.test(value)) return value;
    const given = rule.isSecret === true ? {} : { given: value };
    this.refuse(key, 'not accepted', { ...given, allowed: rule.allowed });
    return undefined;
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.fields.get(key);
    const word = words.find((each) => each === value);
    if (word === undefined) this.refuse(key, 'not accepted', { given: value, allowed: words.join(', ') });
    return word;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.fields.get(key) ?? otherwise;
    if (typeof value === 'boolean') return value;
    this.refuse(key, 'not accepted', { given: value, allowed: 'true, false' });
    return otherwise;
  }

  integer(key: string, least: number, most: number): number | undefined {
    const value = this.fields.get(key);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.refuse(key, 'not accepted', { given: value, allowed: `a whole number from ${least} to ${most}` });
    return undefined;
  }

  /** The texts of a list; an absent list is an empty one. */
  texts(key: string, rule: TextRule): string[] {
    return this.list(key).flatMap((value, index) => {
      if (typeof value === 'string' && rule.pattern.test(value)) return [value];
      this.refuse(`${key}[${index}]`, 'not accepted', { given: value, allowed: rule.allowed });
      return [];
    });
  }

  /** The objects in a list; an absent list is an empty one. */
  each(key: string): Fields[] {
    return this.list(key).map((value, index) =>
      Fields.of(value, this.pathOf(`${key}[${index}]`), this.problems),
    );
  }

  /** The names and objects of an object of objects; an absent one is empty. */
  named(key: string): [string, Fields][] {
    if (!this.has(key)) return [];
    const inner = Fields.of(this.fields.get(key), this.pathOf(key), this.problems);
    return [...inner.fields].map(([name, value]) => [
      name,
      Fields.of(value, inner.pathOf(name), this.problems),
    ]);
  }

  /** The names and values of an object of texts or numbers; an absent one is empty. */
  values(key: string): [string, string][] {
    if (!this.has(key)) return [];
    const inner = Fields.of(this.fields.get(key), this.pathOf(key), this.problems);
    return [...inner.fields].flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'string' || typeof value === 'number') return [[name, String(value)]];
      inner.refuse(name, 'not accepted', { given: value, allowed: 'a text or a number' });
      return [];
    });
  }

  private list(key: string): unknown[] {
    const value: unknown = this.fields.get(key) ?? [];
    if (Array.isArray(value)) return value;
    this.refuse(key, 'must be a list', { given: value });
    return [];
  }

  private pathOf(key: string): string {
    if (this.at === '') return key;
    return `${this.at}.${key}`;
  }
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
