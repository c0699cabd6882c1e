// The parts that users declare on one host, line by line as in a runbook; used by host.ts.
import type { IConstruct } from 'constructs';
import { parseParts } from '../syntax/parts';
import type { Check } from './checks';
import { refuseAt } from './checks';
import type { Claims } from './claims';
import { isUnknown } from './framework';

export class DeclaredParts {
  readonly #texts = new Map<string, string>();
  readonly #claims: Claims;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  /** Refused here and now where the lines are wrong, unless tokens in them are still to come. */
  add(name: string, text: string, declaredBy: IConstruct): void {
    refuseAt(declaredBy.node.path, [checkName(name)]);
    const { problems } = isUnknown(text) ? { problems: [] } : parseParts({ [name]: text });
    refuseAt(
      declaredBy.node.path,
      problems.map(({ at, ...problem }) =>
        at === undefined ? problem : { ...problem, what: `${at}: ${problem.what}` },
      ),
    );
    this.#claims.claimPart(name, declaredBy);
    this.#texts.set(name, text);
  }

  /** The text of each part by its name. */
  get texts(): Iterable<readonly [string, string]> {
    return this.#texts;
  }
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
