// What one run of Terraform remembers from launch to launch: what it has planned and proved, for the apply that follows. Used by session.ts.
import { createHash } from 'node:crypto';
import type { HostTarget } from '../converge/engine';
import type { PlanProof } from '../converge/proof';
import type { PlanRequest } from './protocol/requests';
import type { PlanResponse } from './protocol/responses';
import type { Settings } from './schema/settings';

/** Bytes of planned states: hosts beyond them are looked at once more. */
const MOST_STATE = 64 * 1024 * 1024;

interface Answered {
  readonly by: object;
  readonly response: PlanResponse;
}

/**
 * Terraform asks for each plan once more in the launch that applies it: the very same question of the same run then gets the same
 * answer, without another look at the host. What the user was shown was read in its own plan, and the apply reads for itself under the
 * host's lock, with every check. A run that plans anew forgets (`forget`).
 */
export class RunMemory {
  private readonly plans = new Map<string, Answered>();
  private readonly proofs = new Map<string, PlanProof>();
  private hasBegun = false;

  /** `refreshes`: false where this run is most likely to leave hosts unread. */
  constructor(private readonly refreshes = true) {}

  /** True from where Terraform begins anew until something is planned, in a run that reads hosts. */
  get isBeforeRefresh(): boolean {
    return this.refreshes && this.hasBegun;
  }

  /** `by`: the launch that was asked. */
  notePlan(request: PlanRequest, settings: Settings, { by, response }: Answered): void {
    this.hasBegun = false;
    const digest = digestOf(request, settings);
    const others = [...this.plans].filter(([other]) => other !== digest);
    const bytes = others.reduce((sum, [, other]) => sum + sizeOf(other.response), sizeOf(response));
    if (bytes <= MOST_STATE) this.plans.set(digest, { by, response });
  }

  /** For one use, of an earlier launch. */
  takePlan(request: PlanRequest, settings: Settings, by: object): PlanResponse | undefined {
    if (this.plans.size === 0) return undefined;
    const digest = digestOf(request, settings);
    const known = this.plans.get(digest);
    if (known === undefined || known.by === by) return undefined;
    this.plans.delete(digest);
    return known.response;
  }

  /** What a plan proved, for one apply. */
  noteProof(target: HostTarget, proof: PlanProof | undefined): void {
    if (proof !== undefined) this.proofs.set(proofKey(target), proof);
  }

  takeProof(target: HostTarget): PlanProof | undefined {
    const proof = this.proofs.get(proofKey(target));
    this.proofs.delete(proofKey(target));
    return proof;
  }

  /** Terraform begins anew: `terraform test` does so several times in one run. */
  forget(): void {
    this.plans.clear();
    this.proofs.clear();
    this.hasBegun = true;
  }
}

function sizeOf({ state }: PlanResponse): number {
  return state?.length ?? 0;
}

function proofKey({ name, scope }: HostTarget): string {
  return `${name} ${scope.name} ${scope.chainPrefix}`;
}

function digestOf(request: PlanRequest, settings: Settings): string {
  const { priorState, proposedNewState, config, priorPrivate } = request;
  const digest = createHash('sha256').update(JSON.stringify(settings));
  for (const bytes of [priorState, proposedNewState, config, priorPrivate])
    digest.update(`\n${bytes.length}\n`).update(bytes);
  return digest.digest('hex');
}
