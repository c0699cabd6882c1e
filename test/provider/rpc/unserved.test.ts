// The RPCs for what Gatewright does not have, and calls that are no protocol at all.
import { expect, test } from 'vitest';
import { RPCS } from '../../../lib/provider/rpc/all';
import { Session } from '../../../lib/provider/session';
import { backendOn, memoryStore } from '../terraform-side';

const session = new Session(backendOn(memoryStore({})), {});

test.each([
  ['ReadDataSource', 'Gatewright has no data sources, so it does not serve ReadDataSource'],
  [
    'ValidateDataResourceConfig',
    'Gatewright has no data sources, so it does not serve ValidateDataResourceConfig',
  ],
  [
    'OpenEphemeralResource',
    'Gatewright has no ephemeral resources, so it does not serve OpenEphemeralResource',
  ],
  ['CallFunction', 'Gatewright has no functions, so it does not serve CallFunction'],
  [
    'UpgradeResourceIdentity',
    'Gatewright has no resource identities, so it does not serve UpgradeResourceIdentity',
  ],
])('%s says what there is none of', async (name, message) => {
  await expect(serve(name, new Uint8Array())).rejects.toThrow(message);
});

test('no RPC is there twice', () => {
  const names = RPCS.map(({ name }) => name);
  expect(names).toHaveLength(new Set(names).size);
});

test('bytes that are no message fail the call instead of losing a state', async () => {
  await expect(serve('ApplyResourceChange', Buffer.from('0affffffff0f', 'hex'))).rejects.toThrow();
});

test('a value that is no MessagePack is a diagnostic, and the state stays', async () => {
  // Field 2 holds a DynamicValue whose field 1 is the reserved byte c1.
  const request = Buffer.from('12030a01c1', 'hex');
  const response = Buffer.from(await serve('ApplyResourceChange', request));
  expect(response.subarray(0, 5).toString('hex')).toBe('0a030a01c1');
  expect(response.toString()).toContain('This is a bug in Gatewright');
});

function serve(name: string, message: Uint8Array): Promise<Uint8Array> {
  const rpc = RPCS.find((one) => one.name === name);
  if (rpc === undefined) throw new Error(`no RPC ${name}`);
  return rpc.serve(message, session);
}
