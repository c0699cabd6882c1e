// Who may import what: the layer table of the design, and the few places that know a foreign library or do I/O.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from './code';
import type { SourceFile } from './sources';

/** Layer (folder of lib/) -> the layers that it may import besides itself. `index` is lib/index.ts, the public face. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  syntax: ['model'],
  services: ['model'],
  simulate: ['model', 'syntax'],
  ssh: [],
  install: [],
  converge: ['model', 'syntax', 'simulate', 'ssh'],
  constructs: ['model', 'syntax', 'services', 'install'],
  provider: ['model', 'syntax', 'converge', 'ssh'],
  lab: ['ssh'],
  cli: ['model', 'syntax', 'ssh', 'install', 'converge', 'provider', 'lab'],
  index: ['constructs', 'model'],
};

/** Library -> the one place under lib/ that knows it. */
const KNOWN_ONLY_TO: Readonly<Record<string, string>> = {
  cdktf: 'lib/constructs/framework.ts',
  ssh2: 'lib/ssh/',
  '@grpc/grpc-js': 'lib/provider/protocol/',
  '@grpc/proto-loader': 'lib/provider/protocol/',
  protobufjs: 'lib/provider/protocol/',
  '@msgpack/msgpack': 'lib/provider/protocol/',
  '@peculiar/asn1-schema': 'lib/provider/protocol/',
  '@peculiar/asn1-x509': 'lib/provider/protocol/',
};

/** What of Node itself a layer without I/O may use. Converge does all its I/O through ssh. */
const HARMLESS_MODULES = new Set(['assert', 'buffer', 'crypto', 'path', 'string_decoder', 'url', 'util']);
const WITHOUT_IO = /^lib\/(model|syntax|services|simulate|converge)\//;
/** Probes look at servers, also from where Terraform runs. */
const LOOKS_OUT = 'lib/converge/probes/';

/** What is wrong with the imports of one file, `import type` and `import()` included. */
export function importProblems(source: SourceFile): string[] {
  return importsOf(source)
    .map((specifier) => importProblem(source.path, specifier))
    .filter((problem) => problem !== undefined)
    .map((problem) => `${source.path}: ${problem}`);
}

function importProblem(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relativeProblem(path, posix.join(posix.dirname(path), specifier));
  const name = packageName(specifier);
  if (!path.startsWith('lib/')) return undefined;
  if (builtinModules.includes(name)) {
    if (WITHOUT_IO.test(path) && !path.startsWith(LOOKS_OUT) && !HARMLESS_MODULES.has(name))
      return `a layer without I/O imports ${specifier}`;
    return undefined;
  }
  const place = KNOWN_ONLY_TO[name];
  return place === undefined || path.startsWith(place) ? undefined : `only ${place} may import ${name}`;
}

function relativeProblem(path: string, target: string): string | undefined {
  const to = layerOf(target);
  if (!path.startsWith('lib/')) {
    const isUser = path === 'main.ts' || path.startsWith('examples/');
    return isUser && to !== undefined && to !== 'index'
      ? `imports ${target}, where a user has only lib/index.ts`
      : undefined;
  }
  const from = layerOf(path) ?? '';
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return `layer ${from} is not in the table`;
  if (target === 'package.json') return undefined;
  if (to === undefined) return `imports ${target}, which is outside lib/`;
  return to === from || allowed.includes(to) ? undefined : `${from} may not import ${to} (${target})`;
}

/** The folder of lib/ that a path lies in; `index` for lib/index.ts, however it is written. */
function layerOf(path: string): string | undefined {
  const [top, folder, ...rest] = path.split('/');
  if (top !== 'lib') return undefined;
  return folder === undefined || rest.length === 0 ? 'index' : folder;
}

/** `@scope/name/deep` -> `@scope/name`, `node:fs/promises` -> `fs`. */
export function packageName(specifier: string): string {
  const [first = '', second = ''] = specifier.replace(/^node:/, '').split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
