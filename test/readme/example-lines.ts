// The lines that each example declares on the hosts of its lab, as they are printed; used by seeds.test.ts.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { vi } from 'vitest';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';

const EXAMPLES = resolve(__dirname, '../../examples');

/** The folders under examples/. */
export const EXAMPLE_NAMES = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** All lines of all hosts of an example, synthesised in `folder`. */
export async function linesOfExample(name: string, folder: string): Promise<ReadonlySet<string>> {
  const Stack = await stackOf(name);
  mkdirSync(folder);
  writeInventory(name, folder);
  const app = new App({ outdir: join(folder, 'out'), skipValidation: true });
  vi.stubEnv('GATEWRIGHT_LAB', folder);
  new Stack(app, name);
  app.synth();
  vi.unstubAllEnvs();
  const assets = join(folder, 'out/stacks', name, 'assets');
  return new Set(readdirSync(assets).flatMap((host) => linesOf(join(assets, host, 'parts.json'))));
}

type StackClass = new (app: App, id: string) => TerraformStack;

async function stackOf(name: string): Promise<StackClass> {
  const exported: unknown = await import(`../../examples/${name}/main.ts`);
  const found = Object.values({ ...(isRecord(exported) ? exported : {}) }).find(isStackClass);
  if (found === undefined) throw new Error(`examples/${name}/main.ts exports no stack`);
  return found;
}

function isStackClass(value: unknown): value is StackClass {
  return typeof value === 'function' && Object.prototype.isPrototypeOf.call(TerraformStack, value);
}

/** What the lab would write down for each of its hosts, bare ones too: the stack asks for those that it needs. */
function writeInventory(name: string, folder: string): void {
  const lab: unknown = JSON.parse(readFileSync(join(EXAMPLES, name, 'lab.json'), 'utf8'));
  const names = Object.keys(isRecord(lab) && isRecord(lab['hosts']) ? lab['hosts'] : {});
  const reach = {
    address: '127.0.0.1',
    port: 22,
    user: 'root',
    privateKeyPath: '/lab/id',
    hostKey: 'ssh-ed25519 AAAA',
  };
  const hosts = Object.fromEntries(names.map((host) => [host, reach]));
  writeFileSync(join(folder, 'lab.json'), JSON.stringify({ hosts }));
}

function linesOf(path: string): string[] {
  const parts: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const texts = Object.values(isRecord(parts) ? parts : {}).filter((text) => typeof text === 'string');
  return printedLines(texts.join('\n'));
}

/** Each line that declares something, as it is printed. */
export function printedLines(text: string): string[] {
  return parseParts({ lines: text }).declared.map(({ declaration }) => printDeclaration(declaration));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
