// The requests of tfplugin6 that we serve, as far as we read them: field numbers here, meaning in rpc/.
import { readFields } from './fields';

/** The bytes of a DynamicValue message, still encoded, so that a failed apply can give back what it was given. */
export type DynamicValue = Uint8Array;

/** A block as the user wrote it: without defaults, unknown where it depends on what is not there yet. */
export interface ConfigRequest {
  readonly config: DynamicValue;
}

/** A stored state, in the shape of the schema version that wrote it. */
export interface UpgradeRequest {
  readonly schemaVersion: number;
  readonly stateJson: string;
}

/** The state, and the private data that belongs to it. */
export interface ReadRequest {
  readonly currentState: DynamicValue;
  readonly private: Uint8Array;
}

/** `priorState` is null for a create; `proposedNewState` and `config` are null for a destroy. */
export interface PlanRequest {
  readonly priorState: DynamicValue;
  readonly proposedNewState: DynamicValue;
  readonly config: DynamicValue;
  readonly priorPrivate: Uint8Array;
}

/** `plannedState` is null for a destroy; in it only computed values are unknown. */
export interface ApplyRequest {
  readonly priorState: DynamicValue;
  readonly plannedState: DynamicValue;
  readonly plannedPrivate: Uint8Array;
}

/** What the user typed behind the resource's address. */
export interface ImportRequest {
  readonly id: string;
}

/** Where a `moved` block says that the resource comes from. */
export interface MoveRequest {
  readonly sourceType: string;
}

/** Unlike its siblings the config stands first. */
export function decodeValidateProviderRequest(message: Uint8Array): ConfigRequest {
  return { config: readFields(message).bytes(1) };
}

/** ConfigureProvider and ValidateResourceConfig: a text (Terraform's version, the resource type), then the config. */
export function decodeConfigRequest(message: Uint8Array): ConfigRequest {
  return { config: readFields(message).bytes(2) };
}

/** The JSON form only: Terraform 0.11 and older stored flat maps, and could not start us. */
export function decodeUpgradeRequest(message: Uint8Array): UpgradeRequest {
  const fields = readFields(message);
  return { schemaVersion: fields.integer(2), stateJson: readFields(fields.bytes(3)).text(1) };
}

/** Of ReadResource. */
export function decodeReadRequest(message: Uint8Array): ReadRequest {
  const fields = readFields(message);
  return { currentState: fields.bytes(2), private: fields.bytes(3) };
}

/** Of PlanResourceChange. */
export function decodePlanRequest(message: Uint8Array): PlanRequest {
  const fields = readFields(message);
  return {
    priorState: fields.bytes(2),
    proposedNewState: fields.bytes(3),
    config: fields.bytes(4),
    priorPrivate: fields.bytes(5),
  };
}

/** Of ApplyResourceChange. The config (4) is left out: what was planned is what is applied. */
export function decodeApplyRequest(message: Uint8Array): ApplyRequest {
  const fields = readFields(message);
  return { priorState: fields.bytes(2), plannedState: fields.bytes(3), plannedPrivate: fields.bytes(5) };
}

/** Of ImportResourceState. */
export function decodeImportRequest(message: Uint8Array): ImportRequest {
  return { id: readFields(message).text(2) };
}

/** Of MoveResourceState. */
export function decodeMoveRequest(message: Uint8Array): MoveRequest {
  return { sourceType: readFields(message).text(2) };
}
