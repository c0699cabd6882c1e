// The requests of tfplugin6 that we serve, as far as we read them: field numbers here, meaning in rpc/.
import { readFields } from './fields';

/** The bytes of a DynamicValue message, still encoded, so that a failed apply can give back what it was given. */
export type DynamicValue = Uint8Array;

export interface ConfigRequest {
  readonly config: DynamicValue;
}

export interface UpgradeRequest {
  readonly schemaVersion: number;
  readonly stateJson: string;
}

export interface ReadRequest {
  readonly currentState: DynamicValue;
  readonly private: Uint8Array;
}

export interface PlanRequest {
  readonly priorState: DynamicValue;
  readonly proposedNewState: DynamicValue;
  readonly config: DynamicValue;
  readonly priorPrivate: Uint8Array;
}

export interface ApplyRequest {
  readonly priorState: DynamicValue;
  readonly plannedState: DynamicValue;
  readonly plannedPrivate: Uint8Array;
}

export interface ImportRequest {
  readonly id: string;
}

export interface MoveRequest {
  readonly sourceType: string;
}

export function decodeValidateProviderRequest(message: Uint8Array): ConfigRequest {
  return { config: readFields(message).bytes(1) };
}

/** ConfigureProvider and ValidateResourceConfig: a text (Terraform's version, the resource type), then the config. */
export function decodeConfigRequest(message: Uint8Array): ConfigRequest {
  return { config: readFields(message).bytes(2) };
}

export function decodeUpgradeRequest(message: Uint8Array): UpgradeRequest {
  const fields = readFields(message);
  return { schemaVersion: fields.integer(2), stateJson: readFields(fields.bytes(3)).text(1) };
}

export function decodeReadRequest(message: Uint8Array): ReadRequest {
  const fields = readFields(message);
  return { currentState: fields.bytes(2), private: fields.bytes(3) };
}

export function decodePlanRequest(message: Uint8Array): PlanRequest {
  const fields = readFields(message);
  return {
    priorState: fields.bytes(2),
    proposedNewState: fields.bytes(3),
    config: fields.bytes(4),
    priorPrivate: fields.bytes(5),
  };
}

export function decodeApplyRequest(message: Uint8Array): ApplyRequest {
  const fields = readFields(message);
  return { priorState: fields.bytes(2), plannedState: fields.bytes(3), plannedPrivate: fields.bytes(5) };
}

export function decodeImportRequest(message: Uint8Array): ImportRequest {
  return { id: readFields(message).text(2) };
}

export function decodeMoveRequest(message: Uint8Array): MoveRequest {
  return { sourceType: readFields(message).text(2) };
}
