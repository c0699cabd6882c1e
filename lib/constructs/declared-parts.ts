// The parts of one host that are text already: what users declare line by line, and what constructs lay out; used by host.ts.
import type { IConstruct } from 'constructs';
import { parseParts } from '../syntax/parts';
import type { Check } from './checks';
import { refuseAt } from './checks';
import type { Claims } from './claims';
import { isUnknown } from './framework';

/** The texts by name, each checked when it is added. */
export class DeclaredParts {
  readonly #texts = new Map<string, string>();
  readonly #claims: Claims;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  /** Refused here and now where the lines are wrong, unless tokens in them are still to come. */
  add(name: string, lines: string | readonly string[], declaredBy: IConstruct): void {
    refuseAt(declaredBy, [checkName(name), checkIsText(name, lines)]);
    const text = typeof lines === 'string' ? lines : lines.map((line) => `${line}\n`).join('');
    const { problems } = isUnknown(text) ? { problems: [] } : parseParts({ [name]: text });
    refuseAt(
      declaredBy,
      problems.map(({ at, ...problem }) =>
        at === undefined ? problem : { ...problem, what: `${at}: ${problem.what}` },
      ),
    );
    this.#put(name, text, declaredBy);
  }

  /** Lines in which nothing is wrong. */
  addChecked(name: string, text: string, declaredBy: IConstruct): void {
    refuseAt(declaredBy, [checkName(name)]);
    this.#put(name, text, declaredBy);
  }

  #put(name: string, text: string, declaredBy: IConstruct): void {
    this.#claims.claimPart(name, declaredBy);
    this.#texts.set(name, text);
  }

  /** A part that several constructs bring, always with the same lines. */
  share(name: string, text: string, declaredBy: IConstruct): void {
    this.#claims.sharePart(name, declaredBy);
    this.#texts.set(name, text);
  }

  /** The text of each part by its name. */
  get texts(): Iterable<readonly [string, string]> {
    return this.#texts;
  }
}

/** Types stop this in TypeScript, but not a value that JavaScript, `any` or a file brings. */
function checkIsText(name: string, lines: unknown): Check {
  const pieces: readonly unknown[] = Array.isArray(lines) ? lines : [lines];
  const index = pieces.findIndex((piece) => typeof piece !== 'string');
  if (index < 0) return undefined;
  return {
    code: 'not-text',
    what: `part "${name}" is not text`,
    given: String(pieces[index]),
    allowed: 'a text, or an array of lines',
    fix: 'leave the part out where there is nothing to declare',
  };
}

function checkName(name: string): Check {
  if (isUnknown(name)) {
    return {
      code: 'unknown-part-name',
      what: 'the name of a part holds a value that is only known at apply',
      given: 'a token',
      allowed: 'a name that is known at synthesis: a plan shows parts by name',
      fix: 'name the part by what it is for; its lines may hold tokens',
    };
  }
  if (name.startsWith('~')) {
    return {
      code: 'reserved-part-name',
      what: 'names of parts that begin with ~ are kept for what a refresh finds on the host',
      given: name,
      allowed: 'another first character',
      fix: 'rename the part',
    };
  }
  if (/^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u.test(name)) return undefined;
  return {
    code: 'bad-part-name',
    what: 'the name of a part is empty, or begins, ends or breaks with a blank or a control character',
    given: JSON.stringify(name),
    allowed: 'such as 10-masquerade',
  };
}
