// ApplyResourceChange and StopProvider: what Terraform keeps after each way in which a change can end.
import { expect, test } from 'vitest';
import { type Block, hostState } from '../blocks';
import type { StoredHost } from '../stored-engine';
import { type TerraformSide, UNKNOWN, configured, dynamic } from '../terraform-side';

const NAME = '192.0.2.1:22';
const PARTS = { a: 'sysctl a.b=1' };
const NEW_PARTS = { a: 'sysctl a.b=2' };
/** The digest that the stored engine gives for PARTS. */
const BASIS = 'bc5b33b8275f';

const EMPTY: StoredHost = { scopes: {} };
const HOST: StoredHost = { scopes: { default: { id: 'id-1', settings: '{}', parts: PARTS } } };

const CREATE = { prior: null, planned: hostState({ id: UNKNOWN, parts: PARTS }) };
const UPDATE = { prior: hostState({ parts: PARTS }), planned: hostState({ parts: NEW_PARTS }) };
const DESTROY = { prior: hostState({ parts: PARTS }), planned: null };

test('creates, gives the id and a new basis, and leaves the settings on the host', async () => {
  const { terraform, store } = await configured({ [NAME]: EMPTY });
  const response = await apply(terraform, CREATE);
  const stored = store.read(NAME)?.scopes.default;
  expect(stored).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    parts: PARTS,
    settings:
      '{"adopt":null,"allow_lockout":false,"bastion":null,"chain_prefix":"GW-","confirm_timeout_seconds":30,"drain_timeout_seconds":0,"host_key":null,"lock_timeout_seconds":30,"management_cidrs":null,"persist":"fail-open","port":null,"probes":null,"sudo":null,"user":null}',
  });
  expect(response).toEqual({ new_state: hostState({ id: stored?.id, parts: PARTS }), private: BASIS });
});

test('updates in place and keeps the id', async () => {
  const { terraform, store } = await configured({ [NAME]: HOST });
  expect(await apply(terraform, UPDATE)).toMatchObject({ new_state: hostState({ parts: NEW_PARTS }) });
  expect(store.read(NAME)?.scopes.default?.parts).toEqual(NEW_PARTS);
});

test('destroys', async () => {
  const { terraform, store } = await configured({ [NAME]: HOST });
  expect(await apply(terraform, DESTROY)).toEqual({ new_state: null });
  expect(store.read(NAME)).toEqual(EMPTY);
});

test('only warns where another host was found in place of the one to destroy', async () => {
  const { terraform } = await configured({ [NAME]: HOST });
  expect(await apply(terraform, { ...DESTROY, prior: hostState({ id: 'id-9' }) })).toEqual({
    new_state: null,
    diagnostics: [
      { severity: 'WARNING', summary: 'This is another host; nothing was removed', detail: NAME },
    ],
  });
});

test.each([
  ['a failed create leaves no state, so nothing is tainted', CREATE, { ...EMPTY, next: 'fail' }, null],
  ['a failed update leaves the prior state', UPDATE, { ...HOST, next: 'fail' }, UPDATE.prior],
  ['a failed destroy leaves the prior state', DESTROY, { ...HOST, next: 'fail' }, DESTROY.prior],
] as const)('%s', async (_title, change, host, kept) => {
  const { terraform } = await configured({ [NAME]: host });
  expect(await apply(terraform, change)).toEqual({
    new_state: kept,
    private: BASIS,
    diagnostics: [
      {
        severity: 'ERROR',
        summary: 'Apply failed and was undone',
        detail: 'iptables-restore: line 2 failed',
      },
    ],
  });
});

test.each([
  [
    'a host that was changed since the plan',
    { ...UPDATE, basis: 'older' },
    'Host was changed since the plan',
    'plan again',
  ],
  ['a create where the scope exists', CREATE, 'Scope exists on this host already', 'terraform import it'],
] as const)('refuses %s, with what to do', async (_name, change, summary, fix) => {
  const { terraform } = await configured({ [NAME]: HOST });
  expect(await apply(terraform, change)).toMatchObject({
    new_state: change.prior,
    diagnostics: [
      {
        severity: 'ERROR',
        summary,
        detail: expect.stringContaining(`Nothing was changed.\nto do: ${fix}`) as unknown,
      },
    ],
  });
});

test.each([
  ['create', CREATE, EMPTY, null],
  ['update', UPDATE, HOST, UPDATE.prior],
  ['destroy', DESTROY, HOST, DESTROY.prior],
] as const)(
  'StopProvider aborts a running %s, and its connection stays for the rollback',
  async (_name, change, host, kept) => {
    const { terraform, store } = await configured({ [NAME]: { ...host, next: 'wait' } });
    const applying = apply(terraform, change);
    await expect.poll(() => store.calls.at(-1)).toMatch(/^(apply|destroy) /);
    expect(await terraform.call('StopProvider')).toEqual({});
    expect(store.calls.filter((call) => call.startsWith('close'))).toEqual([]);
    expect(await applying).toMatchObject({
      new_state: kept,
      diagnostics: [
        { severity: 'ERROR', summary: 'Apply failed and was undone', detail: 'stopped by Terraform' },
      ],
    });
  },
);

test('a change that comes after StopProvider is stopped at once', async () => {
  const { terraform } = await configured({ [NAME]: { ...EMPTY, next: 'wait' } });
  await terraform.call('StopProvider');
  expect(await apply(terraform, CREATE)).toMatchObject({
    new_state: null,
    diagnostics: [{ severity: 'ERROR' }],
  });
});

test('StopProvider closes the connections of a plan that is under way', async () => {
  const { terraform, store } = await configured({ [NAME]: HOST });
  await terraform.call('ReadResource', { current_state: dynamic(hostState()) });
  await terraform.call('StopProvider');
  await expect.poll(() => store.calls.at(-1)).toBe(`close root@${NAME}`);
});

test('uses one connection for everything on one host', async () => {
  const { terraform, store } = await configured({ [NAME]: HOST });
  await terraform.call('ReadResource', { current_state: dynamic(hostState({ parts: PARTS })) });
  await apply(terraform, UPDATE);
  expect(store.calls).toEqual([`connect root@${NAME}`, `refresh ${NAME}`, `apply ${NAME}`]);
});

interface Change {
  readonly prior: Block | null;
  readonly planned: Block | null;
  readonly basis?: string;
}

function apply(terraform: TerraformSide, { prior, planned, basis = BASIS }: Change): Promise<unknown> {
  return terraform.call('ApplyResourceChange', {
    type_name: 'gatewright_host',
    prior_state: dynamic(prior),
    planned_state: dynamic(planned),
    config: dynamic(planned),
    planned_private: Buffer.from(basis),
  });
}
