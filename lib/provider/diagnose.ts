// Any error, as what Terraform shows: what happened, where, what to do, readable at three in the morning. Used by every RPC.
import { ApplyFailed, type RefusalCode, Refused } from '../converge/errors';
import type { Note } from '../converge/engine';
import { InvalidInput, type Problem, printProblem } from '../model/errors';
import { SshError, type SshErrorCode } from '../ssh/errors';
import { type AttributePath, atKey, attributePath } from './protocol/attribute-path';
import { type Diagnostic, Rejected } from './protocol/diagnostic';
import { redact } from './redact';

const SSH_TITLES: Readonly<Record<SshErrorCode, string>> = {
  unreachable: 'Host cannot be reached',
  'host-key-unknown': 'Host key is not known',
  'host-key-changed': 'Host key is not the expected one',
  'host-key-revoked': 'Host key is revoked',
  'authentication-failed': 'Login was refused',
  'key-unreadable': 'Private key cannot be used',
  'shell-failed': 'Host does not start a shell for us',
  'sudo-failed': 'Cannot become root by sudo',
  'forward-forbidden': 'Host forwards no connections for us',
  'forward-refused': 'Host cannot connect to what it was asked for',
  'connection-lost': 'Connection was lost',
  'timed-out': 'Host took too long',
  'program-ended': 'A program ended early on the host',
};

const REFUSAL_TITLES: Readonly<Record<RefusalCode, string>> = {
  'changed-since-plan': 'Host was changed since the plan',
  'already-on-host': 'Scope exists on this host already',
  'other-host': 'This is another host',
  locked: 'Host is locked by another apply',
  interrupted: 'An apply was interrupted on this host',
  unreadable: 'Host cannot be read reliably',
  'not-undone': 'An apply could not be taken back on this host',
  'tool-missing': 'A tool is missing on the host',
  'not-root': 'Root is needed on the host',
  denied: 'Root is not enough on the host',
  'two-backends': 'Rules stand in the other back-end of iptables',
  'in-use': 'Still used by what belongs to others',
  'prefix-taken': 'Chain prefix belongs to somebody else',
};

/** The diagnostics of an error, with every one of the secrets struck out. */
export function diagnose(error: unknown, secrets: readonly string[]): readonly Diagnostic[] {
  return toDiagnostics(error).map((diagnostic) => withoutSecrets(diagnostic, secrets));
}

/** What the engine wants to say and is no error, also without secrets: it may quote what a host's tools said. */
export function toWarnings(notes: readonly Note[], secrets: readonly string[]): readonly Diagnostic[] {
  return notes.map(({ summary, detail, ...rest }) =>
    withoutSecrets({ severity: 'warning', summary, detail, ...pathOf(rest) }, secrets),
  );
}

function withoutSecrets(diagnostic: Diagnostic, secrets: readonly string[]): Diagnostic {
  return {
    ...diagnostic,
    summary: redact(diagnostic.summary, secrets),
    detail: redact(diagnostic.detail, secrets),
  };
}

function toDiagnostics(error: unknown): readonly Diagnostic[] {
  if (error instanceof Rejected) return error.diagnostics;
  if (error instanceof InvalidInput) return error.problems.map(fromProblem);
  return [{ severity: 'error', ...explain(error) }];
}

function explain(error: unknown): { summary: string; detail: string } {
  if (error instanceof Refused) {
    const detail = [error.message, 'Nothing was changed.', `to do: ${error.fix}`];
    return { summary: REFUSAL_TITLES[error.code], detail: lines(detail) };
  }
  if (error instanceof SshError) {
    const detail = [
      error.message,
      `step: ${error.step}`,
      ...causesOf(error).map((cause) => `cause: ${cause}`),
      error.fix === undefined ? undefined : `to do: ${error.fix}`,
    ];
    return { summary: `${SSH_TITLES[error.code]}: ${error.host}`, detail: lines(detail) };
  }
  if (error instanceof ApplyFailed) {
    const summary = error.undone ? 'Apply failed and was undone' : 'Apply failed and could not be undone';
    return { summary, detail: lines([error.message, ...causesOf(error).map((cause) => `cause: ${cause}`)]) };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { summary: 'Stopped', detail: 'Terraform asked to stop, so this was given up.' };
  }
  return explainBug(error);
}

function fromProblem(problem: Problem): Diagnostic {
  const { what, ...rest } = problem;
  const [summary = '', ...more] = what.split('\n');
  const printed = printProblem({ ...rest, what: more.join('\n') }).trim();
  return { severity: 'error', summary, detail: printed === '' ? what : printed, ...pathOf(problem) };
}

function explainBug(error: unknown): { summary: string; detail: string } {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const causes = error instanceof Error ? causesOf(error).map((cause) => `cause: ${cause}`) : [];
  return {
    summary: 'This is a bug in Gatewright',
    detail: lines(['Please report it with the lines below and what led to it.', stack, ...causes]),
  };
}

function causesOf(error: Error): readonly string[] {
  const { cause } = error;
  if (typeof cause === 'string') return [cause];
  if (!(cause instanceof Error)) return [];
  // Many messages quote their cause already.
  return error.message.includes(cause.message) ? causesOf(cause) : [cause.message, ...causesOf(cause)];
}

function pathOf({ part, attribute }: Pick<Note, 'part' | 'attribute'>): { path?: AttributePath } {
  if (part !== undefined) return { path: atKey(attributePath('parts'), part) };
  return attribute === undefined ? {} : { path: attributePath(...attribute.split('.')) };
}

function lines(texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n');
}
