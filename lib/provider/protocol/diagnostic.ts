// What Terraform shows a user: an error or a warning, with the attribute to blame. Every RPC answers with a list of these.
import type { AttributePath } from './attribute-path';

/** `path`: the attribute to blame, of the block that the RPC is about. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly path?: AttributePath;
}

/** Thrown inside an RPC that can say itself, in Terraform's terms, what is wrong with what it was given. */
export class Rejected extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.summary}: ${diagnostic.detail}`).join('\n'));
    this.name = 'Rejected';
    this.diagnostics = diagnostics;
  }
}
