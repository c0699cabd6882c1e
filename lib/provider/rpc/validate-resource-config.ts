// ValidateResourceConfig: every bad value of a host, and the grammar of its lines, before any host is touched.
import { checkHost } from '../check-host';
import { decodeHost } from '../host-message';
import { checkableAdopt, declaredParts, scopeOf, withDefaults } from '../declared-host';
import { decodeConfigRequest } from '../protocol/requests';
import { encodeDiagnosticsAt } from '../protocol/responses';
import { rpc } from './rpc';

/** `terraform validate` ends here. No host is reached. */
export const validateResourceConfig = rpc({
  name: 'ValidateResourceConfig',
  decode: decodeConfigRequest,
  serve: async ({ config }, session) => {
    // So begins every run: with a launch that only validates.
    if (!session.isConfigured) session.memory.forget();
    const given = decodeHost(config);
    if (given.kind !== 'known') return [];
    const problems = checkHost(given.value);
    const scope = scopeOf(withDefaults(given.value));
    if (problems.length > 0 || scope === undefined) return problems;
    (await session.engine()).validate(scope, declaredParts(given.value).known, checkableAdopt(given.value));
    return [];
  },
  fail: (diagnostics) => diagnostics,
  encode: encodeDiagnosticsAt(1),
});
