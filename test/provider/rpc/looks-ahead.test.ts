// A host is looked at from where Terraform takes up its state: for one read of that very state, in the launch that refreshes, and no other.
import { expect, test } from 'vitest';
import { hostBlock, hostState } from '../blocks';
import type { StoredHost } from '../stored-engine';
import {
  type TerraformSide,
  backendOn,
  configured,
  dynamic,
  memoryStore,
  read,
  terraformSide,
  upgrade,
} from '../terraform-side';

const NAME = '192.0.2.1:22';
const PARTS = { a: 'sysctl a.b=1' };
const HOST: StoredHost = { scopes: { default: { id: 'id-1', settings: '{}', parts: PARTS } } };
const STATE = hostState({ parts: { a: 'sysctl a.b=0' } });
const STORED = JSON.stringify(STATE);

test('the read is what the look saw', async () => {
  const { terraform, store } = await validated({ [NAME]: HOST });
  await upgrade(terraform, STORED);
  expect(await read(terraform, STATE)).toMatchObject({ new_state: hostState({ parts: PARTS }) });
  expect(store.calls).toEqual([`connect root@${NAME}`, `look ${NAME}`]);
});

test('a second read looks anew', async () => {
  const { terraform, store } = await validated({ [NAME]: HOST });
  await upgrade(terraform, STORED);
  await read(terraform, STATE);
  await read(terraform, STATE);
  expect(store.calls.slice(1)).toEqual([`look ${NAME}`, `refresh ${NAME}`]);
});

test.each([
  ['other parts', { parts: { a: 'sysctl a.b=3' } }],
  ['one part more', { parts: { a: 'sysctl a.b=0', b: '' } }],
  ['another user', { user: 'admin' }],
  ['another scope', { scope: 'web', chain_prefix: 'WEB-' }],
])('a state with %s is read for itself', async (_what, other) => {
  const { terraform, store } = await validated({ [NAME]: HOST });
  await upgrade(terraform, STORED);
  await read(terraform, { ...STATE, ...other });
  expect(store.calls).toContain(`refresh ${NAME}`);
});

test('each of several hosts has its own', async () => {
  const other = '192.0.2.2:22';
  const { terraform, store } = await validated({ [NAME]: HOST, [other]: { scopes: {} } });
  const states = [STATE, { ...STATE, address: '192.0.2.2' }];
  for (const state of states) await upgrade(terraform, JSON.stringify(state));
  const [first, second] = await Promise.all(states.map((state) => read(terraform, state)));
  expect(first).toMatchObject({ new_state: { parts: PARTS } });
  expect(second).toMatchObject({ new_state: { parts: {} } });
  expect(store.calls.filter((call) => !call.startsWith('connect'))).toEqual([
    `look ${NAME}`,
    `look ${other}`,
  ]);
});

test('a host that cannot be reached is the error of the read, after one attempt', async () => {
  const { terraform, store } = await validated({});
  await upgrade(terraform, STORED);
  expect(await read(terraform, STATE)).toMatchObject({
    new_state: STATE,
    diagnostics: [{ severity: 'ERROR', summary: `Host cannot be reached: root@${NAME}` }],
  });
  expect(store.calls).toEqual([`connect root@${NAME}`]);
});

test('nobody is looked at in a launch that only validates, nor where Terraform did not validate before', async () => {
  const store = memoryStore({ [NAME]: HOST });
  const terraform = terraformSide(backendOn(store));
  await validate(terraform);
  await upgrade(terraform, STORED);
  expect(store.calls).toEqual([]);
  const saved = await configured({ [NAME]: HOST });
  await upgrade(saved.terraform, STORED);
  expect(saved.store.calls).toEqual([]);
});

test('nor in the launch that applies; the way to a host that changes is opened there', async () => {
  const { terraform, store } = await validated({ [NAME]: HOST });
  await plan(terraform);
  const applying = await configured({ [NAME]: HOST }, {}, terraform.session.memory);
  await upgrade(applying.terraform, STORED);
  expect(applying.store.calls).toEqual([]);
  await plan(applying.terraform);
  await expect.poll(() => applying.store.calls).toEqual([`connect root@${NAME}`]);
  expect(store.calls).toContain(`plan ${NAME}`);
});

test('a host that stays as it is is not connected to in the launch that applies', async () => {
  const kept = hostState({ parts: PARTS });
  const { terraform } = await validated({ [NAME]: HOST });
  await read(terraform, kept);
  await plan(terraform, kept, PARTS);
  const applying = await configured({ [NAME]: HOST }, {}, terraform.session.memory);
  await plan(applying.terraform, kept, PARTS);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(applying.store.calls).toEqual([]);
});

async function validated(hosts: Readonly<Record<string, StoredHost>>): ReturnType<typeof configured> {
  const validating = terraformSide(backendOn(memoryStore(hosts)));
  await validate(validating);
  return configured(hosts, {}, validating.session.memory);
}
async function validate(terraform: TerraformSide): Promise<void> {
  const config = dynamic(hostBlock({ parts: PARTS }));
  expect(await terraform.call('ValidateResourceConfig', { config })).toEqual({});
}

async function plan(
  terraform: TerraformSide,
  prior = hostState({ parts: { a: 'sysctl a.b=0' } }),
  parts: object = PARTS,
): Promise<void> {
  const response = await terraform.call('PlanResourceChange', {
    prior_state: dynamic(prior),
    proposed_new_state: dynamic(hostState({ parts })),
    config: dynamic(hostBlock({ parts })),
  });
  expect(response).not.toHaveProperty('diagnostics');
}
