// What convergence tells the user without an error: other ids, lost manifests, takeovers, parts that are not known yet.
import type { Scope } from '../model/scope';
import type { HostState, HostTarget, Note } from './engine';
import type { Live } from './live';

/** The id that the host gives the scope, if it is not the one in the state. */
export function otherIdThan(prior: HostState, scope: Scope, live: Live): string | undefined {
  const id = live.manifest.scopes[scope.name]?.id;
  return prior.id === undefined || id === prior.id ? undefined : id;
}

/** For a refresh. */
export function otherId(target: HostTarget, ids: { id: string; prior: HostState }): Note {
  return {
    summary: `Scope "${target.scope.name}" on ${target.name} is not the one in the state`,
    detail: `${printIds(ids)}: the host was replaced, or another state applied to it.`,
    attribute: 'id',
  };
}

/** For a destroy. */
export function notOurs(target: HostTarget, ids: { id: string; prior: HostState }): Note {
  return {
    summary: `Scope "${target.scope.name}" on ${target.name} belongs to another state: nothing is removed there`,
    detail: `${printIds(ids)}.`,
    attribute: 'id',
  };
}

function printIds({ id, prior }: { id: string; prior: HostState }): string {
  return `The host says id ${id}, the state says ${prior.id ?? 'none'}`;
}

/** For every verb that then goes by the state's own copy. */
export function manifestLost({ name, scope }: HostTarget): Note {
  return {
    summary: `${name} has lost its memory of scope "${scope.name}"`,
    detail:
      '/var/lib/gatewright/current/manifest.json is missing there, or does not know the scope. What the scope owns, and the values ' +
      'found before it, are taken from the copy in the state; the next apply writes them back.',
  };
}

/** For a refresh: where there is no copy either. */
export function allLost({ name, scope }: HostTarget): Note {
  return {
    summary: `${name} and the state have lost their memory of scope "${scope.name}"`,
    detail:
      'Its chains and marked rules are known by their names and marks. What carries none (sysctls, policies, sets, addresses, routes, ' +
      'virtual servers) counts as found there: the scope holds again what it declares, and leaves it there when it goes.',
  };
}

/** For the first reading after an apply that was cut off. */
export function recovered({ name }: HostTarget): Note {
  return {
    summary: `${name} rolled an apply back`,
    detail:
      'An earlier apply lost its process on the host before it was confirmed. What it had changed was taken back before this reading.',
  };
}

/** For a create whose every line the host holds already. */
export function takenOver({ name }: HostTarget): Note {
  return {
    summary: `${name} holds all of this already`,
    detail:
      'An earlier apply did not get to report. The plan shows a create; applying it changes no rule on the host.',
  };
}

export function notKnownYet(unknownParts: readonly string[]): Note {
  return {
    summary: 'Some parts are known only at apply',
    detail: `These were neither checked nor proved: ${unknownParts.join(', ')}`,
    attribute: 'parts',
  };
}

/** The proof was not to be had. */
export function notProved(message: string): Note {
  return {
    summary: 'The plan could not be proved on the host',
    detail:
      `The rules could not be tried in a network namespace of their own there: ${message}\n` +
      'The rules are compared as they are written; a rule that this kernel refuses fails the apply, which is then undone. ' +
      'What a boot is to load is kept without a trial, too.',
  };
}
