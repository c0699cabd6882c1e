// The RPCs of tfplugin6 for things that Gatewright does not have: each says so instead of being a silent gap.
import { Unserved } from '../protocol/grpc-server';
import type { Rpc } from './rpc';

const ABSENT = {
  'data sources': ['ValidateDataResourceConfig', 'ReadDataSource'],
  'ephemeral resources': [
    'ValidateEphemeralResourceConfig',
    'OpenEphemeralResource',
    'RenewEphemeralResource',
    'CloseEphemeralResource',
  ],
  functions: ['CallFunction'],
  'resource identities': ['UpgradeResourceIdentity'],
} as const;

/** Terraform asks for none of them: the schema names no such thing. */
export const unserved: readonly Rpc[] = Object.entries(ABSENT).flatMap(([things, names]) =>
  names.map((name) => ({
    name,
    serve: () => Promise.reject(new Unserved(`Gatewright has no ${things}, so it does not serve ${name}`)),
  })),
);
