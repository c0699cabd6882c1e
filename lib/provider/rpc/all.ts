// Every RPC of tfplugin6, as the server is to serve them.
import { applyResourceChange } from './apply-resource-change';
import { configureProvider } from './configure-provider';
import { getFunctions } from './get-functions';
import { getMetadata } from './get-metadata';
import { getProviderSchema } from './get-provider-schema';
import { getResourceIdentitySchemas } from './get-resource-identity-schemas';
import { importResourceState } from './import-resource-state';
import { moveResourceState } from './move-resource-state';
import { planResourceChange } from './plan-resource-change';
import { readResource } from './read-resource';
import type { Rpc } from './rpc';
import { stopProvider } from './stop-provider';
import { unserved } from './unserved';
import { upgradeResourceState } from './upgrade-resource-state';
import { validateProviderConfig } from './validate-provider-config';
import { validateResourceConfig } from './validate-resource-config';

/** In the order of a run. To Terraform a provider without one of them is of an older protocol. */
export const RPCS: readonly Rpc[] = [
  getMetadata,
  getProviderSchema,
  getFunctions,
  getResourceIdentitySchemas,
  validateProviderConfig,
  configureProvider,
  validateResourceConfig,
  upgradeResourceState,
  readResource,
  planResourceChange,
  applyResourceChange,
  importResourceState,
  moveResourceState,
  stopProvider,
  ...unserved,
];
