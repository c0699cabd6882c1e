// The stacks that Terraform runs: synthesised as a user's app is, before and after one change. Used by subjects/.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installProvider } from '../../lib/install/provider';
import type { Commands } from './commands';
import type { Size } from './sizes';

/** How the app reaches a host. */
export interface Reach {
  readonly address: string;
  readonly port: number;
  readonly hostKey: string;
}

export interface StackSource {
  readonly size: Size;
  readonly hosts: readonly Reach[];
  readonly privateKeyPath: string;
}

/** `before` and `after` one endpoint of one service changed, or one member came. */
export type Variant = 'before' | 'after';

/** A folder that Terraform runs in, with the parts of both variants at hand. */
export interface Stack {
  readonly folder: string;
  /** Puts the parts of a variant in place of those that are there. */
  use(variant: Variant): void;
}

const APP = join(__dirname, 'app.js');
const STATE = 'bench.tfstate';

/** Runs the app in `folder`, which is made anew, and gives the folder of the stack. */
export async function synthesise(
  commands: Commands,
  { size, hosts, privateKeyPath }: StackSource,
  { folder, variant }: { readonly folder: string; readonly variant: Variant },
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const { services, endpoints, members } = size;
  const login = { privateKeyPath, agent: false };
  const described = { hosts, login, services, endpoints, members, changed: variant === 'after' };
  const environment = { GATEWRIGHT_BENCH: JSON.stringify(described) };
  await commands.must([process.execPath, APP], { folder, environment });
  return join(folder, 'cdktf.out', 'stacks', 'bench');
}

/** Synthesises both variants below `folder`. */
export async function makeStack(commands: Commands, source: StackSource, folder: string): Promise<Stack> {
  const make = (variant: Variant): Promise<string> =>
    synthesise(commands, source, { folder: join(folder, variant), variant });
  return stackOf(source.size, { folder: await make('before'), after: await make('after') });
}

/** The same stack and state with another build of the provider. */
export function withProvider(stack: Stack, size: Size, folder: string, buildFolder: string): Stack {
  stack.use('before');
  cpSync(stack.folder, folder, { recursive: true });
  for (const ours of ['terraform.d', '.terraform.lock.hcl', '.terraform']) {
    rmSync(join(folder, ours), { recursive: true, force: true });
  }
  const file = join(folder, 'cdk.tf.json');
  const text = readFileSync(file, 'utf8');
  const ownState = text.replace(/"path": "[^"]*\.tfstate"/, `"path": ${JSON.stringify(join(folder, STATE))}`);
  if (ownState === text) throw new Error(`no local backend in ${file}`);
  writeFileSync(file, ownState);
  installProvider(folder, { buildFolder });
  return stackOf(size, { folder, after: stack.folder });
}

/** One built-in terraform_data for each host, with the same parts. */
export function floorStack(stack: Stack, size: Size, folder: string): Stack {
  stack.use('before');
  mkdirSync(folder, { recursive: true });
  cpSync(join(stack.folder, 'assets'), join(folder, 'assets'), { recursive: true });
  const kept = hostNames(size).map((name): [string, { input: string }] => [
    name,
    { input: `\${jsondecode(file("\${path.module}/${assetOf(name)}"))}` },
  ]);
  const text = JSON.stringify({ resource: { terraform_data: Object.fromEntries(kept) } });
  writeFileSync(join(folder, 'main.tf.json'), text);
  return stackOf(size, { folder, after: stack.folder });
}

function stackOf(size: Size, { folder, after }: { readonly folder: string; readonly after: string }): Stack {
  const keep = (variant: Variant, name: string): string => join(folder, 'variants', variant, `${name}.json`);
  for (const variant of ['before', 'after'] as const)
    mkdirSync(join(folder, 'variants', variant), { recursive: true });
  for (const name of hostNames(size)) {
    copyFileSync(join(folder, assetOf(name)), keep('before', name));
    const known = join(after, 'variants', 'after', `${name}.json`);
    copyFileSync(existsSync(known) ? known : join(after, assetOf(name)), keep('after', name));
  }
  return {
    folder,
    use: (variant) => {
      for (const name of hostNames(size)) copyFileSync(keep(variant, name), join(folder, assetOf(name)));
    },
  };
}

function hostNames({ hosts }: Size): string[] {
  return Array.from({ length: hosts }, (_, index) => `host-${index}`);
}

function assetOf(name: string): string {
  return `assets/${name}/parts.json`;
}
