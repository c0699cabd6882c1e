// GetProviderSchema, GetMetadata and the two that Terraform asks for what we do not have.
import { expect, test } from 'vitest';
import { backendOn, memoryStore, terraformSide } from '../terraform-side';

const terraform = terraformSide(backendOn(memoryStore({})));

interface WrittenAttribute {
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
  readonly nested_type?: { readonly attributes: readonly WrittenAttribute[]; readonly nesting: string };
}

interface WrittenSchema {
  readonly block: { readonly attributes: readonly WrittenAttribute[]; readonly description: string };
}

interface WrittenSchemas {
  readonly provider: WrittenSchema;
  readonly resource_schemas: Readonly<Record<string, WrittenSchema>>;
}

test('gives the host the attributes that it has today, each with its type and who sets it', async () => {
  const { resource_schemas: resources } = await schemas();
  expect(Object.keys(resources)).toEqual(['gatewright_host']);
  expect(resources.gatewright_host?.block.attributes.map(shape)).toEqual([
    'id: string, computed',
    'address: string, required',
    'port: number, optional',
    'user: string, optional',
    'host_key: string, optional',
    'sudo: bool, optional',
    'bastion: {address, port, user, private_key_path, host_key} SINGLE, optional',
    'scope: string, optional, computed',
    'chain_prefix: string, optional, computed',
    'parts: ["map","string"], required',
    'persist: string, optional, computed',
    'lock_timeout_seconds: number, optional, computed',
    'confirm_timeout_seconds: number, optional, computed',
    'drain_timeout_seconds: number, optional, computed',
    'probes: {kind, command, address, port, url, status, from, timeout_seconds} LIST, optional',
    'management_cidrs: ["list","string"], optional',
    'adopt: ["list","string"], optional',
    'allow_lockout: bool, optional, computed',
  ]);
});

test('gives the provider block its settings, and marks the secrets as such', async () => {
  const { provider } = await schemas();
  expect(provider.block.attributes.map(shape)).toEqual([
    'user: string, optional',
    'port: number, optional',
    'private_key_path: string, optional',
    'private_key: string, optional, sensitive',
    'password: string, optional, sensitive',
    'sudo_password: string, optional, sensitive',
    'agent: string, optional',
    'known_hosts_path: string, optional',
    'sudo: bool, optional',
    'bastion: {address, port, user, private_key_path, host_key} SINGLE, optional',
    'connect_timeout_seconds: number, optional',
  ]);
});

test('describes every block and every attribute', async () => {
  const { provider, resource_schemas: resources } = await schemas();
  for (const { block } of [provider, ...Object.values(resources)]) {
    expect(block.description).toMatch(/\.$/);
    const all = block.attributes.flatMap((one) => [one, ...(one.nested_type?.attributes ?? [])]);
    expect(all.filter(({ description = '' }) => !description.endsWith('.')).map(({ name }) => name)).toEqual(
      [],
    );
  }
});

test('says that it plans destroys and that its schema need not be asked for', async () => {
  const capabilities = { plan_destroy: true, get_provider_schema_optional: true };
  expect(await terraform.call('GetProviderSchema')).toMatchObject({ server_capabilities: capabilities });
  expect(await terraform.call('GetMetadata')).toEqual({
    server_capabilities: capabilities,
    resources: [{ type_name: 'gatewright_host' }],
  });
});

test.each(['GetFunctions', 'GetResourceIdentitySchemas'])(
  '%s has nothing to say, and is served',
  async (rpc) => {
    expect(await terraform.call(rpc)).toEqual({});
  },
);

async function schemas(): Promise<WrittenSchemas> {
  const response = await terraform.call('GetProviderSchema');
  if (!isSchemas(response)) throw new Error('no schemas in the response');
  return response;
}

function isSchemas(response: unknown): response is WrittenSchemas {
  return (
    typeof response === 'object' &&
    response !== null &&
    'provider' in response &&
    'resource_schemas' in response
  );
}

function shape(attribute: WrittenAttribute): string {
  const { name, type, nested_type: nested } = attribute;
  const printed =
    nested === undefined
      ? (type ?? '').replace(/^"|"$/g, '')
      : `{${nested.attributes.map((inner) => inner.name).join(', ')}} ${nested.nesting}`;
  const flags = ['required', 'optional', 'computed', 'sensitive'].filter((flag) => flag in attribute);
  return `${name}: ${[printed, ...flags].join(', ')}`;
}
