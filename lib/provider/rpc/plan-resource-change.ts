// PlanResourceChange: what an apply would make of the host, checked against the host itself wherever it can be reached.
import { checkHost } from '../check-host';
import { checkableAdopt, declaredParts, isAdoptUnknown, scopeOf, withDefaults } from '../declared-host';
import { toWarnings } from '../diagnose';
import { decodeHost, encodeHost, printRest } from '../host-message';
import { aimAt, hasMoved, hostStateOf, memoryOf } from '../host-target';
import { type AttributePath, attributePath } from '../protocol/attribute-path';
import { type Diagnostic, Rejected } from '../protocol/diagnostic';
import { isNullValue } from '../protocol/dynamic-value';
import { type PlanRequest, decodePlanRequest } from '../protocol/requests';
import { type PlanResponse, encodePlanResponse } from '../protocol/responses';
import { NULL, UNKNOWN, orElse, toOptional } from '../protocol/value';
import type { Host } from '../schema/host';
import type { Session } from '../session';
import { rpc } from './rpc';

const REPLACING = ['scope', 'chain_prefix'] as const;

/** Changes nothing on a host. What the host would refuse is an error here, not at the apply. */
export const planResourceChange = rpc({
  name: 'PlanResourceChange',
  decode: decodePlanRequest,
  serve: async (request, session) => {
    const answered = session.memory.takePlan(request, session.settings, session);
    if (answered !== undefined) {
      setImmediate(() => void openAhead(request, answered, session).catch(() => undefined));
      return answered;
    }
    const response = await serve(request, session);
    session.memory.notePlan(request, session.settings, { by: session, response });
    return response;
  },
  fail: (diagnostics, request): PlanResponse => ({
    state: request.priorState,
    private: request.priorPrivate,
    diagnostics,
  }),
  encode: encodePlanResponse,
});

async function serve(request: PlanRequest, session: Session): Promise<PlanResponse> {
  const prior = toOptional(decodeHost(request.priorState));
  const config = decodeHost(request.config);
  // Only the plan's own read knows what it was made on, so its private data travels on unchanged.
  const memory = request.priorPrivate;
  if (isNullValue(request.proposedNewState) || config.kind !== 'known') {
    const diagnostics = prior === undefined ? [] : await planDestroy(prior, memory, session);
    return { state: request.proposedNewState, private: memory, diagnostics };
  }
  const problems = checkHost(config.value);
  if (problems.length > 0) throw new Rejected(problems);
  const planned = { ...withDefaults(config.value), id: orElse(prior?.id ?? UNKNOWN, UNKNOWN) };
  const requiresReplace = prior === undefined ? [] : replacedBy(prior, planned);
  // Terraform plans a replacement again, as a create, and that plan looks at the host.
  const { keepsPrior = false, diagnostics } =
    requiresReplace.length > 0 ? { diagnostics: [] } : await planOnHost({ prior, planned, memory }, session);
  return {
    state: keepsPrior ? request.priorState : encodeHost(planned),
    private: memory,
    requiresReplace,
    diagnostics,
  };
}

/** What changes is applied next: the way there is opened meanwhile. Whoever applies says what is wrong with it. */
async function openAhead(request: PlanRequest, { state }: PlanResponse, session: Session): Promise<void> {
  if (state === undefined || Buffer.compare(state, request.priorState) === 0) return;
  const host = toOptional(decodeHost(isNullValue(state) ? request.priorState : state));
  const aim = host === undefined ? undefined : aimAt(withDefaults(host), session);
  if (aim?.kind === 'known') await aim.target.open();
}

interface Step {
  readonly prior: Host | undefined;
  readonly planned: Host;
  readonly memory: Uint8Array;
}

interface PlannedOnHost {
  /** Nothing changes, and the prior state stands in the plan with its own wording. */
  readonly keepsPrior?: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

async function planOnHost({ prior, planned, memory }: Step, session: Session): Promise<PlannedOnHost> {
  const engine = await session.engine();
  const { known: parts, unknownNames } = declaredParts(planned);
  const unknownParts = [...unknownNames, ...(isAdoptUnknown(planned) ? ['lines of adopt'] : [])];
  const aim = aimAt(planned, session);
  if (aim.kind === 'unknown' || planned.parts.kind === 'unknown') {
    const scope = scopeOf(planned);
    if (scope !== undefined) engine.validate(scope, parts, checkableAdopt(planned));
    const waitingFor = aim.kind === 'unknown' ? aim.waitingFor : ['parts'];
    return { diagnostics: [notCompared(waitingFor)] };
  }
  const remembered = memoryOf(memory);
  const look = session.takeLook(toOptional(prior?.id ?? NULL));
  const { wording, proof, notes } = await engine.plan(aim.target, {
    ...(prior === undefined ? {} : { prior: hostStateOf(prior) }),
    parts,
    unknownParts,
    ...(remembered === undefined ? {} : { memory: remembered }),
    ...(look === undefined ? {} : { look }),
    moved: prior !== undefined && hasMoved(prior, planned, session),
  });
  session.memory.noteProof(aim.target, proof);
  return {
    keepsPrior: prior !== undefined && wording === 'prior' && mayKeepWording(prior, planned, session),
    diagnostics: toWarnings(notes, session.secrets),
  };
}

// The prior wording makes "No changes" of other words for the same. It must not stand in the plan that Terraform makes
// again before an apply: had a part been unknown in the first plan, the declared wording was shown then, and Terraform
// refuses another. So it stands only where nothing else changes either, which leaves nothing to apply.
function mayKeepWording(prior: Host, planned: Host, session: Session): boolean {
  return session.hasRead(toOptional(prior.id)) && printRest(prior) === printRest(planned);
}

async function planDestroy(
  prior: Host,
  memory: Uint8Array,
  session: Session,
): Promise<readonly Diagnostic[]> {
  const aim = aimAt(withDefaults(prior), session);
  if (aim.kind === 'unknown') return [notCompared(aim.waitingFor)];
  const engine = await session.engine();
  const notes = await engine.planDestroy(aim.target, hostStateOf(prior), memoryOf(memory));
  return toWarnings(notes, session.secrets);
}

function replacedBy(prior: Host, planned: Host): readonly AttributePath[] {
  return REPLACING.filter((name) => toOptional(prior[name]) !== toOptional(planned[name])).map((name) =>
    attributePath(name),
  );
}

function notCompared(waitingFor: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    summary: 'Planned without a look at the host',
    detail:
      `Not known before apply: ${waitingFor.join(', ')}. ` +
      'What would change there is found out, and refused if need be, during the apply.',
  };
}
