// Where constructs other than services put what they lay out on one host; used by host.ts, and by each of them.
import type { IConstruct } from 'constructs';
import type { Declaration } from '../model/declaration';
import type { LaidOut } from '../services/shared-parts';
import { printDeclaration } from '../syntax/print';
import type { Claims, ServerName } from './claims';
import type { DeclaredParts } from './declared-parts';
import { Placeholders } from './placeholders';

/** Puts a plain word in the place of a token; to be called for each text of the props that may be one. */
export type Conceal = (value: string) => string;

/** A construct's own part on a host. */
export interface OwnPart {
  /** How plans show it. */
  readonly name: string;
  readonly declaredBy: IConstruct;
}

/** What constructs lay out on one host: each a part of its own, and the parts that they share. */
export class LaidOutParts {
  readonly #parts: DeclaredParts;
  readonly #claims: Claims;

  constructor(parts: DeclaredParts, claims: Claims) {
    this.#parts = parts;
    this.#claims = claims;
  }

  /** Throws where another construct has it already, such as `virtual server 10.0.0.1:80/tcp`. */
  claim(what: string, declaredBy: IConstruct): void {
    this.#claims.claim(what, declaredBy);
  }

  /** Throws where another construct gave it another value, such as `the default route of table 80`. */
  agree(what: string, value: string, declaredBy: IConstruct): void {
    this.#claims.agree(what, value, declaredBy);
  }

  /** Throws where another construct has a virtual server of this address, port and protocol. */
  claimServer(server: ServerName, declaredBy: IConstruct): void {
    this.#claims.claimServer(server, declaredBy);
  }

  /** Printed, and refused here and now where the tools would refuse it. */
  add({ name, declaredBy }: OwnPart, layOut: (conceal: Conceal) => LaidOut): void {
    const parts = printParts((conceal) => {
      const { shared, declarations } = layOut(conceal);
      for (const part of shared) this.#parts.share(part.name, printLines(part.declarations), declaredBy);
      return new Map([[name, declarations]]);
    });
    for (const [part, text] of parts) this.#parts.add(part, text, declaredBy);
  }

  /** Several parts of one construct, which it has checked. */
  addChecked(parts: ReadonlyMap<string, string>, declaredBy: IConstruct): void {
    for (const [part, text] of parts) this.#parts.addChecked(part, text, declaredBy);
  }
}

/** The text of each part by its name, with tokens where they were concealed. */
export function printParts(
  layOut: (conceal: Conceal) => ReadonlyMap<string, readonly Declaration[]>,
): ReadonlyMap<string, string> {
  const placeholders = new Placeholders();
  const parts = layOut((value) => placeholders.conceal(value));
  return new Map([...parts].map(([name, lines]) => [name, placeholders.reveal(printLines(lines))]));
}

/** One line each. */
export function printLines(declarations: readonly Declaration[]): string {
  return declarations.map((declaration) => `${printDeclaration(declaration)}\n`).join('');
}
