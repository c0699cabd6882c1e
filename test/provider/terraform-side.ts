// Terraform's side of the protocol for tests, by other means than ours: protobuf by reflection over tfplugin6.proto.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExtensionCodec, decode, encode } from '@msgpack/msgpack';
import protobuf from 'protobufjs';
import { RPCS } from '../../lib/provider/rpc/all';
import type { RunMemory } from '../../lib/provider/run-memory';
import { type Backend, Session } from '../../lib/provider/session';
import { type Block, settingsBlock } from './blocks';
import { type Store, type StoredHost, connectTo, storedEngine } from './stored-engine';

/** An unknown value in a request; in a response it reads as this text. */
export class Unknown {
  readonly kind = 'unknown';
}
export const UNKNOWN = new Unknown();
export const AN_UNKNOWN = '(unknown)';

const messages = protobuf.parse(readFileSync(join(__dirname, 'tfplugin6.proto'), 'utf8'), {
  keepCase: true,
}).root;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value) => (value instanceof Unknown ? new Uint8Array(1) : null),
  decode: () => AN_UNKNOWN,
});

/** A value as Terraform sends it. */
export function dynamic(value: unknown): { msgpack: Uint8Array } {
  return { msgpack: encode(value, { extensionCodec }) };
}

export function encodeRequest(rpc: string, request: object): Uint8Array {
  const type = messages.lookupType(`tfplugin6.${rpc}Request`);
  return type.encode(type.fromObject(request)).finish();
}

/** The response as plain values: what was dynamic is decoded, private bytes are text. */
export function decodeResponse(rpc: string, response: Uint8Array): unknown {
  const type = messages.lookupType(`tfplugin6.${rpc}Response`);
  return readable(type.toObject(type.decode(response), { enums: String, longs: Number }));
}

export interface TerraformSide {
  /** Calls one RPC with a request in the protocol's own field names. */
  call(rpc: string, request?: object): Promise<unknown>;
  readonly session: Session;
}

/** Terraform in front of a provider that it has just launched. `memory`: of the same run's earlier launches. */
export function terraformSide(
  backend: Backend,
  environment: NodeJS.ProcessEnv = {},
  memory?: RunMemory,
): TerraformSide {
  const session = new Session(backend, environment, memory);
  return {
    session,
    call: async (name, request = {}) => {
      const rpc = RPCS.find((one) => one.name === name);
      if (rpc === undefined) throw new Error(`no RPC ${name}`);
      return decodeResponse(name, await rpc.serve(encodeRequest(name, request), session));
    },
  };
}

export interface MemoryStore extends Store {
  readonly calls: readonly string[];
}

/** A store in memory with these hosts. */
export function memoryStore(hosts: Readonly<Record<string, StoredHost>>): MemoryStore {
  const stored = new Map(Object.entries(hosts));
  const calls: string[] = [];
  return {
    calls,
    read: (name) => stored.get(name),
    write: (name, host) => {
      stored.set(name, host);
    },
    log: (call) => {
      calls.push(call);
    },
  };
}

export function backendOn(store: Store): Backend {
  return { loadEngine: () => Promise.resolve(storedEngine(store)), connect: connectTo(store) };
}

/** A provider that has its settings, and the hosts that it may reach. `memory`: of the same run's earlier launches. */
export async function configured(
  hosts: Readonly<Record<string, StoredHost>>,
  settings: Block = {},
  memory?: RunMemory,
): Promise<{ readonly terraform: TerraformSide; readonly store: MemoryStore }> {
  const store = memoryStore(hosts);
  const terraform = terraformSide(backendOn(store), {}, memory);
  const response = await terraform.call('ConfigureProvider', { config: dynamic(settingsBlock(settings)) });
  if (Object.keys(response as object).length > 0) throw new Error(JSON.stringify(response));
  return { terraform, store };
}

/** UpgradeResourceState, of a state as it was stored. */
export function upgrade(terraform: TerraformSide, json: string, version = 0): Promise<unknown> {
  return terraform.call('UpgradeResourceState', { version, raw_state: { json: Buffer.from(json) } });
}

/** ReadResource, of a state with `before` as its private data. */
export function read(terraform: TerraformSide, state: Block): Promise<unknown> {
  return terraform.call('ReadResource', { current_state: dynamic(state), private: Buffer.from('before') });
}

function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return value;
  if ('msgpack' in value && value.msgpack instanceof Uint8Array) {
    return decode(value.msgpack, { extensionCodec });
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readable(member)]));
}
