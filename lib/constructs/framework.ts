// All that Gatewright uses of CDKTF, its two hand-written bindings included: the only file that imports the framework.
import { join } from 'node:path';
import type { TerraformProviderGeneratorMetadata } from 'cdktf';
import { Lazy, TerraformProvider, TerraformResource, TerraformStack, Token, Tokenization } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { InvalidInput } from '../model/errors';

/** Attributes in Terraform's spelling; what is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | object | undefined>>;

const PROVIDER = 'gatewright';

/** What a provider block consists of. */
export interface ProviderBindingSettings {
  readonly alias: string | undefined;
  readonly source: string;
  readonly version: string;
  readonly attributes: Attributes;
}

/** A block `provider "gatewright"`. */
export class ProviderBinding extends TerraformProvider {
  readonly #alias: string | undefined;
  readonly #attributes: Attributes;

  constructor(scope: Construct, id: string, settings: ProviderBindingSettings) {
    requireOurFramework(scope);
    super(scope, id, {
      terraformResourceType: PROVIDER,
      terraformProviderSource: settings.source,
      terraformGeneratorMetadata: generatedFor(settings.version),
    });
    this.#alias = settings.alias;
    this.#attributes = settings.attributes;
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#attributes };
  }

  override toHclTerraform(): never {
    return refuseHcl(this);
  }
}

/** Which provider a host is reached by, and the version that it requires. */
export interface HostBindingSettings {
  readonly provider: ProviderBinding | undefined;
  readonly version: string;
}

/** A block `resource "gatewright_host"` and the local value that holds what its expressions need. */
export abstract class HostBinding extends TerraformResource {
  protected constructor(scope: Construct, id: string, { provider, version }: HostBindingSettings) {
    requireOurFramework(scope);
    super(scope, id, {
      terraformResourceType: 'gatewright_host',
      terraformGeneratorMetadata: generatedFor(version),
      ...(provider === undefined ? {} : { provider }),
    });
    requireOwnAddress(this);
  }

  /** Called at synthesis, when everything is declared. */
  protected abstract readAttributes(): Attributes;
  /** Local values of the stack, by name: called at synthesis. */
  protected abstract readLocals(): Attributes;

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.readAttributes() };
  }

  override toTerraform(): object {
    const block: unknown = super.toTerraform();
    const locals = this.readLocals();
    return { ...(isObject(block) ? block : {}), ...(Object.keys(locals).length === 0 ? {} : { locals }) };
  }

  override toHclTerraform(): never {
    return refuseHcl(this);
  }
}

const addresses = new WeakMap<TerraformStack, Map<string, IConstruct>>();

/** The framework makes Terraform's names from ids by leaving characters out, and lets a second block of one name replace the first. */
function requireOwnAddress(host: HostBinding): void {
  const taken = addresses.get(host.cdktfStack) ?? new Map<string, IConstruct>();
  addresses.set(host.cdktfStack, taken);
  const name = host.friendlyUniqueId;
  const twin = taken.get(name);
  taken.set(name, host);
  if (/^[A-Za-z_]/.test(name) && twin === undefined) return;
  throw new InvalidInput([
    {
      code: 'bad-id',
      what:
        twin === undefined
          ? 'the id gives a resource name that Terraform refuses'
          : `the id gives the same resource name as that of ${twin.node.path}`,
      at: host.node.path,
      given: `gatewright_host.${name}`,
      allowed: 'an id that begins with a letter and differs from others in letters, digits, _ and -',
      fix: "name the host, such as 'gateway-1', and give its address in the prop address",
    },
  ]);
}

function generatedFor(version: string): TerraformProviderGeneratorMetadata {
  return { providerName: PROVIDER, providerVersion: version, providerVersionConstraint: version };
}

function refuseHcl(construct: IConstruct): never {
  throw new InvalidInput([
    {
      code: 'hcl-output',
      what: 'Gatewright is not written as HCL by synthesis',
      at: construct.node.path,
      given: 'hclOutput',
      allowed: "Terraform's JSON syntax, which is the default",
      fix: 'leave hclOutput, --hcl and SYNTH_HCL_OUTPUT out',
    },
  ]);
}

/** True for a token, and for a text with a token in it. */
export function isUnknown(value: unknown): boolean {
  // A token among numbers is negative.
  if (typeof value === 'number' && value >= 0) return false;
  if (typeof value !== 'string') return Token.isUnresolved(value);
  return mayHoldTokens(value) && splitTokens(value).some(({ kind }) => kind === 'token');
}

/** Told at once of most texts, and every text of a stack is asked about: each marker has one of these in it. */
function mayHoldTokens(text: string): boolean {
  return text.includes('TfToken[') || text.includes('e+');
}

/** A piece of text: as the user wrote it, or a token. */
export interface Fragment {
  readonly kind: 'literal' | 'token';
  readonly text: string;
}

/** How the framework writes tokens into text: strings, lists and maps by a marker, numbers as numbers out of any range. */
const MARKER = /[$#&]\{TfToken\[[A-Za-z0-9:._-]+\]\}|-\d(?:\.\d+)?e\+\d+/g;

/** Text in pieces: what was written by hand, and tokens. */
export function splitTokens(text: string): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let start = 0;
  for (const { 0: marker, index } of text.matchAll(MARKER)) {
    if (isPlainNumber(marker)) continue;
    if (index > start) fragments.push({ kind: 'literal', text: text.slice(start, index) });
    fragments.push({ kind: 'token', text: marker });
    start = index + marker.length;
  }
  if (start < text.length) fragments.push({ kind: 'literal', text: text.slice(start) });
  return fragments;
}

function isPlainNumber(marker: string): boolean {
  return marker.startsWith('-') && Tokenization.reverseNumber(Number(marker)) === undefined;
}

/** The text as a Terraform template, once the tokens are resolved: what was written by hand comes out of it as it is. */
export function toTemplate(text: string): object {
  return Lazy.anyValue({
    produce: (context) =>
      splitTokens(text)
        .map(({ kind, text: piece }) =>
          kind === 'literal' ? escapeTemplate(piece) : String(context.resolve(piece)),
        )
        .join(''),
  });
}

/** Takes the meaning from `${` and `%{`, and from a `$` at the end, behind which a token may begin. Names of parts are templates too. */
export function escapeTemplate(text: string): string {
  return text.replace(/[$%](?=\{)/g, (sign) => sign + sign).replace(/\$+$/, (signs) => `\${"${signs}"}`);
}

const writers = new WeakMap<TerraformStack, ((folder: string) => void)[]>();

/** Calls `write` with the folder in which Terraform will run, each time after the construct's stack was synthesised into it. */
export function whenSynthesized(construct: IConstruct, write: (folder: string) => void): void {
  const stack = TerraformStack.of(construct);
  const known = writers.get(stack);
  if (known !== undefined) {
    known.push(write);
    return;
  }
  const all = [write];
  writers.set(stack, all);
  const inner = stack.synthesizer;
  stack.synthesizer = {
    synthesize: (session) => {
      inner.synthesize(session);
      const folder = join(session.outdir, session.manifest.forStack(stack).workingDirectory);
      for (const each of all) each(folder);
    },
  };
}

/** A provider that a stack requires, at one version. */
export interface RequiredProvider {
  readonly source: string;
  readonly version: string;
}

/** The other providers of the construct's stack whose exact version is known. */
export function otherProvidersOf(construct: IConstruct): readonly RequiredProvider[] {
  const others = providersOf(construct).filter((provider) => provider.terraformResourceType !== PROVIDER);
  return others.flatMap(({ terraformProviderSource: source, terraformGeneratorMetadata: metadata }) => {
    const version = metadata?.providerVersion ?? metadata?.providerVersionConstraint;
    if (source === undefined || version === undefined || !EXACT_VERSION.test(version)) return [];
    return [{ source: source.includes('/') ? source : `hashicorp/${source}`, version }];
  });
}

const EXACT_VERSION = /^\d+\.\d+\.\d+[-+.0-9A-Za-z]*$/;

/** The blocks `provider "gatewright"` of the construct's stack. */
export function ourProvidersOf(construct: IConstruct): readonly TerraformProvider[] {
  return providersOf(construct).filter((provider) => provider.terraformResourceType === PROVIDER);
}

function providersOf(construct: IConstruct): readonly TerraformProvider[] {
  return TerraformStack.of(construct).allProviders();
}

/**
 * A stack asks things of its elements that only elements of the same framework can answer: one of cdktn 0.24 fails in the middle
 * of synthesis over ours. The classes may be other copies, so what they can do is compared, not who they are.
 */
function requireOurFramework(scope: Construct): void {
  const stack = TerraformStack.of(scope);
  const theirs = Object.getOwnPropertyNames(stackPrototype(stack));
  const foreign = theirs.filter((name) => !(name in TerraformStack.prototype));
  if (foreign.length === 0) return;
  throw new InvalidInput([
    {
      code: 'other-framework',
      what: 'the stack comes from another framework, or another version of it, than the one Gatewright builds on',
      at: stack.node.path,
      given: `a TerraformStack with ${foreign.join(', ')}`,
      allowed: 'App and TerraformStack of the package cdktf that Gatewright finds',
      fix: "import { App, TerraformStack } from 'cdktf', and see with `npm ls cdktf cdktn` that there is one of them",
    },
  ]);
}

/** The framework's own class of the stack, under the classes that the user derived from it. */
function stackPrototype(stack: TerraformStack): object {
  let found: object = stack;
  for (let each: unknown = stack; isObject(each); each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'prepareStack')) found = each;
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
