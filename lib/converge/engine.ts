// What the provider asks of convergence, free of any protocol: refresh, plan, apply, destroy and import of one host and scope.
import type { Parts } from '../model/declaration';
import type { Probe } from '../model/probe';
import type { Persist } from '../model/persist';
import type { Scope } from '../model/scope';
import type { SshConnection } from '../ssh/connection';
import type { PlanProof } from './proof';
import type { Look } from './read-live';

/**
 * One host and scope, and the way to it. `open` gives the process's one connection to the host, made on first use, and
 * anew where the last one was lost.
 */
export interface HostTarget {
  /** As the user wrote it, `address:port`, for messages. */
  readonly name: string;
  readonly scope: Scope;
  readonly lockTimeoutSeconds: number;
  /** How long real servers that go may keep their connections; 0: they go at once. */
  readonly drainTimeoutSeconds: number;
  /** What must work after the changes, before they are confirmed. @default - none */
  readonly probes?: readonly Probe[];
  /** What is kept for a boot of the host. @default none */
  readonly persist?: Persist;
  /** Networks from which SSH must get in after an apply, beside the address that this session comes from. @default - none */
  readonly managementCidrs?: readonly string[];
  /** Only warn where an apply would lock somebody out. @default false */
  readonly allowLockout?: boolean;
  /** How long an apply waits, verified, for its confirmation over a new connection before the host rolls it back. */
  readonly confirmTimeoutSeconds: number;
  /** Lines that stand for what exists already and may be changed. @default - none */
  readonly adopt?: readonly string[];
  /** Called while the host reads or changes, and before an apply sends what it has decided: what is not needed any more may go. */
  readonly onIdle?: () => void;
  /** Told what is waited for, a line at a time. */
  readonly report?: (line: string) => void;
  readonly open: () => Promise<SshConnection>;
  /** Another connection, by a new TCP connection and key exchange; whoever asks for it closes it. */
  readonly openFresh: () => Promise<SshConnection>;
}

/** What Terraform keeps of a host: `id` is absent only before the first apply and in the first read after an import. */
export interface HostState {
  readonly id?: string;
  readonly parts: Parts;
}

/** What travels in Terraform's private data, as JSON: the basis that a plan was made on, ownership and found values. */
export type Memory = string;

/** Something to tell the user that is no error. */
export interface Note {
  readonly summary: string;
  readonly detail: string;
  readonly part?: string;
  readonly attribute?: string;
}

export interface Refreshed {
  /** What was seen of the host, for the plan that follows at once in the same process. It is kept nowhere else. */
  readonly look?: Look;
  readonly state: HostState;
  readonly memory: Memory;
  readonly notes: readonly Note[];
}

export interface PlanRequest {
  /** Absent: a create. */
  readonly prior?: HostState;
  /** The declared parts that are known. */
  readonly parts: Parts;
  /** Names of declared parts whose text is not known before apply. */
  readonly unknownParts: readonly string[];
  /** What the refresh of this very plan has just seen, if it was made in this process. @default - the host is read */
  readonly look?: Look;
  /** Of the last refresh. With a create: of what it replaces, which is gone by then. */
  readonly memory?: Memory;
  /** True if address or port differ from the prior state's: the host reached must then carry the prior id. */
  readonly moved: boolean;
}

export interface Planned {
  /** Whose parts stand in the plan: the prior ones where all mean the same, else the declared ones. */
  readonly wording: 'prior' | 'declared';
  /** Absent where the host was not asked. */
  readonly proof?: PlanProof;
  readonly notes: readonly Note[];
}

export interface ApplyRequest {
  readonly prior?: HostState;
  readonly parts: Parts;
  readonly memory?: Memory;
  readonly moved: boolean;
  /** Of the plan that was just made of the same parts in this process. @default - the host is asked */
  readonly proof?: PlanProof;
  /** The resource's other attributes as JSON, kept in the host's manifest so that an import finds them. */
  readonly settings: string;
}

export interface Applied {
  readonly state: HostState;
  readonly memory: Memory;
  readonly notes: readonly Note[];
}

export interface Imported extends Refreshed {
  /** As given to the last confirmed apply; absent where the host has nothing of this scope. */
  readonly settings?: string;
}

/**
 * Every function throws `InvalidInput` (what is declared is wrong; with parts and attributes to blame), `Refused` or
 * `ApplyFailed` (`converge/errors.ts`), or an error of `ssh/` (`ssh/errors.ts`). The signal aborts a wait and rolls back.
 */
export interface Engine {
  /** Begins the refresh of this state before Terraform asks for it. */
  look(target: HostTarget, state: HostState): Promise<Look>;
  /** `look`: of the same state, in the same process. Without it the host is read. */
  refresh(target: HostTarget, state: HostState, memory: Memory | undefined, look?: Look): Promise<Refreshed>;
  plan(target: HostTarget, request: PlanRequest): Promise<Planned>;
  /** Checks what can be checked without a host: used where the address is not known yet, and at validation. */
  validate(scope: Scope, parts: Parts, adopt?: readonly string[]): void;
  apply(target: HostTarget, request: ApplyRequest, signal: AbortSignal): Promise<Applied>;
  planDestroy(target: HostTarget, prior: HostState, memory: Memory | undefined): Promise<readonly Note[]>;
  destroy(
    target: HostTarget,
    prior: HostState,
    memory: Memory | undefined,
    signal: AbortSignal,
  ): Promise<readonly Note[]>;
  import(target: HostTarget): Promise<Imported>;
}
