// PlanResourceChange: creates, updates, replacements and destroys; whose wording stands; what happens while something is unknown.
import { expect, test } from 'vitest';
import { type Block, bastionBlock, hostBlock, hostState, probeBlock } from '../blocks';
import type { StoredHost } from '../stored-engine';
import { AN_UNKNOWN, type TerraformSide, UNKNOWN, configured, dynamic } from '../terraform-side';

const PARTS = { a: 'sysctl a.b=1', b: 'iptables -A INPUT -j ACCEPT' };
const HOST: StoredHost = { scopes: { default: { id: 'id-1', settings: '{}', parts: PARTS } } };

test('plans a create with every default, an id to come and no private data', async () => {
  const { terraform } = await configured({ '192.0.2.1:22': { scopes: {} } });
  expect(await plan(terraform, { config: hostBlock() })).toEqual({
    planned_state: hostState({ id: AN_UNKNOWN }),
  });
});

test.each([
  ['the same text', PARTS],
  ['other spaces', { a: 'sysctl   a.b=1\n', b: PARTS.b }],
] as const)('keeps the prior wording where all parts mean the same: %s', async (_name, parts) => {
  const { terraform } = await configured({ '192.0.2.1:22': HOST });
  const prior = hostState({ parts: PARTS });
  await terraform.call('ReadResource', { current_state: dynamic(prior) });
  expect(await plan(terraform, { prior, config: hostBlock({ parts }) })).toEqual({
    planned_state: prior,
    planned_private: 'basis',
  });
});

test('takes the declared wording whole as soon as one part means something else', async () => {
  const { terraform } = await configured({ '192.0.2.1:22': HOST });
  const parts = { a: 'sysctl   a.b=1', b: 'iptables -A INPUT -j DROP' };
  expect(await plan(terraform, { prior: hostState({ parts: PARTS }), config: hostBlock({ parts }) })).toEqual(
    {
      planned_state: hostState({ parts }),
      planned_private: 'basis',
    },
  );
});

test.each([
  ['user', 'admin'],
  ['host_key', 'ssh-ed25519 AAAA'],
  ['sudo', true],
  ['bastion', bastionBlock()],
  ['lock_timeout_seconds', 5],
  ['persist', 'fail-closed'],
  ['confirm_timeout_seconds', 60],
  ['drain_timeout_seconds', 60],
  ['probes', [probeBlock({ kind: 'tcp', address: '192.0.2.1', port: 80 })]],
  ['management_cidrs', ['192.0.2.0/24', '2001:db8::/32']],
  ['adopt', ['ip route add default via 192.0.2.1']],
  ['allow_lockout', true],
] as const)('plans a change of %s in place, with the declared wording', async (name, value) => {
  const { terraform } = await configured({ '192.0.2.1:22': HOST });
  const prior = hostState({ parts: PARTS });
  await terraform.call('ReadResource', { current_state: dynamic(prior) });
  const parts = { ...PARTS, a: 'sysctl  a.b=1' };
  expect(await plan(terraform, { prior, config: hostBlock({ parts, [name]: value }) })).toEqual({
    planned_state: hostState({ parts, [name]: value }),
    planned_private: 'basis',
  });
});

test('takes the declared wording in a plan without a read, as the one before an apply is', async () => {
  const { terraform } = await configured({ '192.0.2.1:22': HOST });
  const parts = { ...PARTS, a: 'sysctl  a.b=1' };
  expect(
    await plan(terraform, { prior: hostState({ parts: PARTS }), config: hostBlock({ parts }) }),
  ).toMatchObject({
    planned_state: { parts },
  });
});

test.each([
  ['lock_timeout_seconds', 5, 30],
  ['persist', 'none', 'fail-open'],
  ['confirm_timeout_seconds', 60, 30],
  ['drain_timeout_seconds', 60, 0],
  ['probes', [probeBlock({ kind: 'command', command: ['true'] })], null],
  ['management_cidrs', ['192.0.2.0/24'], null],
  ['adopt', ['ip route add default via 192.0.2.1'], null],
  ['allow_lockout', true, false],
  ['port', 22, null],
  ['user', 'admin', null],
] as const)(
  'returns %s to its default once it is removed from the configuration',
  async (name, before, after) => {
    const { terraform } = await configured({ '192.0.2.1:22': HOST });
    const prior = hostState({ parts: PARTS, [name]: before });
    // Terraform proposes the prior value of an attribute that has a default.
    const request = { prior, proposed: prior, config: hostBlock({ parts: PARTS }) };
    expect(await plan(terraform, request)).toMatchObject({ planned_state: { [name]: after } });
  },
);

test.each([
  ['scope', { scope: 'web', chain_prefix: 'GW-' }, ['scope']],
  ['chain_prefix', { chain_prefix: 'AB-' }, ['chain_prefix']],
  ['both', { scope: 'web', chain_prefix: 'WEB-' }, ['scope', 'chain_prefix']],
  ['scope to something unknown', { scope: UNKNOWN, chain_prefix: 'GW-' }, ['scope']],
] as const)('replaces where %s changes, with no look at the host', async (_name, given, paths) => {
  const { terraform, store } = await configured({ '192.0.2.1:22': HOST });
  const response = await plan(terraform, { prior: hostState({ parts: PARTS }), config: hostBlock(given) });
  expect(response).toMatchObject({
    requires_replace: paths.map((name) => ({ steps: [{ attribute_name: name }] })),
  });
  expect(store.calls).toEqual([]);
});

test('plans a prefix that follows from an unknown scope as unknown', async () => {
  const { terraform } = await configured({});
  expect(await plan(terraform, { config: hostBlock({ scope: UNKNOWN }) })).toMatchObject({
    planned_state: { scope: AN_UNKNOWN, chain_prefix: AN_UNKNOWN },
  });
});

test.each([
  ['address', { address: UNKNOWN }, 'address'],
  ['port', { port: UNKNOWN }, 'port'],
  ['user', { user: UNKNOWN }, 'user'],
  ['bastion', { bastion: UNKNOWN }, 'bastion'],
  ['host key of the bastion', { bastion: bastionBlock({ host_key: UNKNOWN }) }, 'bastion.host_key'],
  ['scope', { scope: UNKNOWN }, 'scope'],
  ['map of parts', { parts: UNKNOWN }, 'parts'],
] as [string, Block, string][])(
  'touches no host while its %s is unknown, and says so',
  async (_name, given, waitingFor) => {
    const { terraform, store } = await configured({ '192.0.2.1:22': HOST });
    expect(await plan(terraform, { config: hostBlock(given) })).toMatchObject({
      diagnostics: [
        {
          severity: 'WARNING',
          summary: 'Planned without a look at the host',
          detail:
            `Not known before apply: ${waitingFor}. ` +
            'What would change there is found out, and refused if need be, during the apply.',
        },
      ],
    });
    expect(store.calls).toEqual([]);
  },
);

test('touches no host while a setting of the provider is unknown', async () => {
  const { terraform, store } = await configured({}, { user: UNKNOWN });
  expect(await plan(terraform, { config: hostBlock() })).toMatchObject({
    diagnostics: [{ severity: 'WARNING', summary: 'Planned without a look at the host' }],
  });
  expect(store.calls).toEqual([]);
});

test('needs no setting of the provider that the host has itself', async () => {
  const { terraform, store } = await configured({ '192.0.2.1:22': HOST }, { port: UNKNOWN });
  await plan(terraform, { config: hostBlock({ port: 22 }) });
  expect(store.calls).toEqual(['connect root@192.0.2.1:22', 'plan 192.0.2.1:22']);
});

test('checks the lines that are known while the address is not', async () => {
  const { terraform } = await configured({});
  const config = hostBlock({ address: UNKNOWN, parts: { a: UNKNOWN, b: 'iptables -F' } });
  expect(await plan(terraform, { config })).toMatchObject({
    diagnostics: [
      { severity: 'ERROR', attribute: { steps: [{ attribute_name: 'parts' }, { element_key_string: 'b' }] } },
    ],
  });
});

test('keeps an unknown part unknown, and passes on what the engine says of it', async () => {
  const { terraform } = await configured({ '192.0.2.1:22': { scopes: {} } });
  expect(await plan(terraform, { config: hostBlock({ parts: { a: 'x', b: UNKNOWN } }) })).toMatchObject({
    planned_state: { parts: { a: 'x', b: AN_UNKNOWN } },
    diagnostics: [
      {
        severity: 'WARNING',
        attribute: { steps: [{ attribute_name: 'parts' }, { element_key_string: 'b' }] },
      },
    ],
  });
});

test.each([
  ['address', { address: '192.0.2.2' }],
  ['port', { port: 2222 }],
] as const)('lets a new %s lead only to the same host', async (_name, given) => {
  const other: StoredHost = { scopes: { default: { id: 'id-2', settings: '{}', parts: PARTS } } };
  const { terraform } = await configured({
    '192.0.2.1:22': HOST,
    '192.0.2.2:22': other,
    '192.0.2.1:2222': other,
  });
  const config = hostBlock({ parts: PARTS, ...given });
  expect(await plan(terraform, { prior: hostState({ parts: PARTS }), config })).toMatchObject({
    diagnostics: [{ severity: 'ERROR', summary: 'This is another host' }],
  });
});

test.each([
  ['another bastion', bastionBlock({ address: '198.51.100.2' })],
  ['no bastion any more', null],
] as const)('lets the same address behind %s lead only to the same host', async (_name, bastion) => {
  const other: StoredHost = { scopes: { default: { id: 'id-2', settings: '{}', parts: PARTS } } };
  const { terraform } = await configured({ '192.0.2.1:22': other });
  const prior = hostState({ parts: PARTS, bastion: bastionBlock() });
  const config = hostBlock({ parts: PARTS, bastion });
  expect(await plan(terraform, { prior, config })).toMatchObject({
    diagnostics: [{ severity: 'ERROR', summary: 'This is another host' }],
  });
});

test('takes the default port written out for no move', async () => {
  const { terraform } = await configured({ '192.0.2.1:22': HOST });
  const config = hostBlock({ parts: PARTS, port: 22 });
  const response = await plan(terraform, { prior: hostState({ id: 'id-9', parts: PARTS }), config });
  expect(response).toMatchObject({ planned_state: { port: 22 } });
});

test('checks values that were unknown at validation', async () => {
  const { terraform } = await configured({});
  expect(await plan(terraform, { config: hostBlock({ parts: { x: null } }) })).toMatchObject({
    diagnostics: [{ severity: 'ERROR', summary: 'Bad value for parts["x"]' }],
  });
});

test('plans a destroy at the host of the prior state, and passes on what the engine says', async () => {
  const { terraform, store } = await configured({ '192.0.2.1:22': HOST });
  expect(await plan(terraform, { prior: hostState(), config: null })).toEqual({
    planned_state: null,
    planned_private: 'basis',
    diagnostics: [
      { severity: 'WARNING', summary: 'Host will be left as it was found', detail: '192.0.2.1:22' },
    ],
  });
  expect(store.calls).toEqual(['connect root@192.0.2.1:22', 'planDestroy 192.0.2.1:22']);
});

test('plans a destroy without a look at the host while a setting of the provider is unknown', async () => {
  const { terraform, store } = await configured({}, { user: UNKNOWN });
  expect(await plan(terraform, { prior: hostState(), config: null })).toMatchObject({
    planned_state: null,
    planned_private: 'basis',
    diagnostics: [
      {
        severity: 'WARNING',
        summary: 'Planned without a look at the host',
        detail: expect.stringContaining('Not known before apply: provider user.') as unknown,
      },
    ],
  });
  expect(store.calls).toEqual([]);
});

test('says where a host cannot be reached, as whom, and what to do', async () => {
  const { terraform } = await configured({});
  expect(await plan(terraform, { config: hostBlock() })).toMatchObject({
    diagnostics: [
      {
        severity: 'ERROR',
        summary: 'Host cannot be reached: root@192.0.2.1:22',
        detail: 'no route\nstep: connect\nto do: check the address',
      },
    ],
  });
});

interface Change {
  readonly prior?: Block;
  readonly proposed?: Block;
  /** Null: a destroy. */
  readonly config: Block | null;
}

function plan(terraform: TerraformSide, { prior, proposed, config }: Change): Promise<unknown> {
  return terraform.call('PlanResourceChange', {
    type_name: 'gatewright_host',
    prior_state: dynamic(prior ?? null),
    proposed_new_state: dynamic(proposed ?? config),
    config: dynamic(config),
    ...(prior === undefined ? {} : { prior_private: Buffer.from('basis') }),
  });
}
