// The responses of tfplugin6 that we give, in the fields that we fill: field numbers here, meaning in rpc/.
import type { AttributePath, PathStep } from './attribute-path';
import type { Diagnostic } from './diagnostic';
import { type MessageWriter, messageOf } from './message-writer';
import type { DynamicValue } from './requests';

const EMPTY = new Uint8Array();
const SEVERITY = { error: 1, warning: 2 } as const;

/** Of GetProviderSchema. */
export interface SchemaResponse {
  /** Encoded by `schema-message.ts`. */
  readonly provider: Uint8Array;
  readonly resources: ReadonlyMap<string, Uint8Array>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Of GetMetadata: the names of resource types. */
export interface MetadataResponse {
  readonly resources: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A state, absent where diagnostics say why there is none. */
export interface StateResponse {
  readonly state?: DynamicValue;
  readonly private?: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
}

/** `requiresReplace`: attributes for whose change the resource is destroyed and created. */
export interface PlanResponse extends StateResponse {
  readonly requiresReplace?: readonly AttributePath[];
}

/** One resource, of this type. */
export interface ImportResponse extends StateResponse {
  readonly type: string;
}

/** For the RPCs that answer with nothing else: their field number of the diagnostics differs. */
export function encodeDiagnosticsAt(field: number): (diagnostics: readonly Diagnostic[]) => Uint8Array {
  return (diagnostics) =>
    messageOf((write) => {
      writeDiagnostics(write, field, diagnostics);
    });
}

/** With what the server can do, which this and the metadata tell alike. */
export function encodeSchemaResponse(response: SchemaResponse): Uint8Array {
  return messageOf((write) => {
    write.message(1, response.provider);
    for (const [type, schema] of response.resources) {
      const entry = messageOf((pair) => {
        pair.text(1, type);
        pair.message(2, schema);
      });
      write.message(2, entry);
    }
    writeDiagnostics(write, 4, response.diagnostics);
    write.message(6, serverCapabilities());
  });
}

/** For a Terraform that knows our schemas from an earlier launch. */
export function encodeMetadataResponse(response: MetadataResponse): Uint8Array {
  return messageOf((write) => {
    write.message(1, serverCapabilities());
    writeDiagnostics(write, 2, response.diagnostics);
    for (const type of response.resources) {
      const resource = messageOf((name) => {
        name.text(1, type);
      });
      write.message(4, resource);
    }
  });
}

/** Also of MoveResourceState, which has the same fields as far as we fill them. */
export function encodeUpgradeResponse(response: StateResponse): Uint8Array {
  return messageOf((write) => {
    writeState(write, 1, response);
    writeDiagnostics(write, 2, response.diagnostics);
  });
}

/** Of ReadResource. */
export function encodeReadResponse(response: StateResponse): Uint8Array {
  return messageOf((write) => {
    writeState(write, 1, response);
    writeDiagnostics(write, 2, response.diagnostics);
    write.bytes(3, response.private ?? EMPTY);
  });
}

/** Of PlanResourceChange. */
export function encodePlanResponse(response: PlanResponse): Uint8Array {
  return messageOf((write) => {
    writeState(write, 1, response);
    for (const path of response.requiresReplace ?? []) write.message(2, encodePath(path));
    write.bytes(3, response.private ?? EMPTY);
    writeDiagnostics(write, 4, response.diagnostics);
  });
}

/** Of ApplyResourceChange. */
export function encodeApplyResponse(response: StateResponse): Uint8Array {
  return messageOf((write) => {
    writeState(write, 1, response);
    write.bytes(2, response.private ?? EMPTY);
    writeDiagnostics(write, 3, response.diagnostics);
  });
}

/** No state: nothing was imported, and the diagnostics say why. */
export function encodeImportResponse(response: ImportResponse): Uint8Array {
  return messageOf((write) => {
    if (response.state !== undefined) {
      const imported = messageOf((resource) => {
        resource.text(1, response.type);
        writeState(resource, 2, response);
        resource.bytes(3, response.private ?? EMPTY);
      });
      write.message(1, imported);
    }
    writeDiagnostics(write, 2, response.diagnostics);
  });
}

/** StopProvider answers with a text, empty where nothing went wrong. */
export function encodeStopResponse(failure: string): Uint8Array {
  return messageOf((write) => {
    write.text(1, failure);
  });
}

function writeState(write: MessageWriter, field: number, { state }: StateResponse): void {
  if (state !== undefined) write.message(field, state);
}

function writeDiagnostics(write: MessageWriter, field: number, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) write.message(field, encodeDiagnostic(diagnostic));
}

function encodeDiagnostic({ severity, summary, detail, path }: Diagnostic): Uint8Array {
  return messageOf((write) => {
    write.integer(1, SEVERITY[severity]);
    write.text(2, summary);
    write.text(3, detail);
    if (path !== undefined && path.length > 0) write.message(4, encodePath(path));
  });
}

function encodePath(path: AttributePath): Uint8Array {
  return messageOf((write) => {
    for (const step of path) write.message(1, encodeStep(step));
  });
}

function encodeStep(step: PathStep): Uint8Array {
  return messageOf((write) => {
    // One of a oneof counts even if it is empty.
    if (step.kind === 'attribute') write.message(1, Buffer.from(step.name));
    else if (typeof step.key === 'string') write.message(2, Buffer.from(step.key));
    else write.chosen(3, step.key);
  });
}

/** `plan_destroy`: we want to see a destroy before it happens. `get_provider_schema_optional`: one launch less asks for it. */
function serverCapabilities(): Uint8Array {
  return messageOf((write) => {
    write.flag(1, true);
    write.flag(2, true);
  });
}
