// What an installation puts where, from a build that is not there, new, or changed.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import manifest from '../../package.json';
import { hasCodeCache, loadBundle } from '../../lib/install/code-cache';
import { PROVIDER_SOURCE, PROVIDER_VERSION, installProvider } from '../../lib/install/provider';
import { writeIfChanged } from '../../lib/install/write';

const OURS = `terraform.d/plugins/registry.terraform.io/gatewright/gatewright/${manifest.version}/${platform()}`;
const TOFU = OURS.replace('registry.terraform.io', 'registry.opentofu.org');
const LAUNCHER = `terraform-provider-gatewright_v${manifest.version}`;

let root = '';
let folder = '';
let build = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatewright-install-'));
  [folder, build] = [join(root, 'stack'), join(root, 'build')];
  mkdirSync(folder);
  mkdirSync(build);
  writeFileSync(join(build, 'gatewright-provider.js'), 'exports.answer = () => 1');
  writeFileSync(join(build, 'start.js'), 'process.stdout.write("started " + process.argv.slice(2))');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

test('has the version of the package and the source that HCL names', () => {
  expect([PROVIDER_VERSION, PROVIDER_SOURCE]).toEqual([manifest.version, 'gatewright/gatewright']);
});

test('puts launcher and bundle where Terraform and OpenTofu look, and locks the version', () => {
  expect(installProvider(folder, { buildFolder: build })).toEqual(
    [OURS, TOFU, '.terraform.lock.hcl'].map((path) => join(folder, path)),
  );
  for (const plugin of [OURS, TOFU]) {
    expect(statSync(join(folder, plugin, LAUNCHER)).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(folder, plugin, 'gatewright-provider.js'), 'utf8')).toContain('answer');
  }
  expect(readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8')).toContain(
    `provider "registry.terraform.io/gatewright/gatewright" {\n  version     = "${manifest.version}"\n`,
  );
});

test('adds the other providers to the lock file, by short source or by full address', () => {
  const otherProviders = [
    { source: 'hashicorp/null', version: '3.2.4' },
    { source: 'registry.example.com/a/b', version: '1.0.0' },
  ];
  installProvider(folder, { buildFolder: build, otherProviders });
  const text = readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8');
  expect(text.match(/^provider .*/gm)).toEqual([
    'provider "registry.terraform.io/gatewright/gatewright" {',
    'provider "registry.terraform.io/hashicorp/null" {',
    'provider "registry.example.com/a/b" {',
  ]);
});

test('the launcher finds its bundle also through a link to its folder, from anywhere, and passes arguments on', () => {
  installProvider(folder, { buildFolder: build });
  const link = join(root, 'a link');
  symlinkSync(join(folder, OURS), link);
  expect(execFileSync(join(link, LAUNCHER), ['a', 'b c'], { cwd: '/', encoding: 'utf8' })).toBe(
    'started a,b c',
  );
});

test('changes nothing where nothing changed, and the bundle where it did', () => {
  installProvider(folder, { buildFolder: build });
  const bundle = join(folder, OURS, 'gatewright-provider.js');
  const before = statSync(bundle).ino;
  installProvider(folder, { buildFolder: build });
  expect(statSync(bundle).ino).toBe(before);
  writeFileSync(join(build, 'gatewright-provider.js'), 'exports.answer = () => 2');
  installProvider(folder, { buildFolder: build });
  expect(readFileSync(bundle, 'utf8')).toBe('exports.answer = () => 2');
});

test('mends a launcher that an archive or a copy made unexecutable', () => {
  installProvider(folder, { buildFolder: build });
  chmodSync(join(folder, OURS, LAUNCHER), 0o644);
  installProvider(folder, { buildFolder: build });
  expect(statSync(join(folder, OURS, LAUNCHER)).mode & 0o111).toBe(0o111);
});

test('leaves a mode alone that is narrower than ours and good enough', () => {
  const path = join(folder, 'launcher');
  writeIfChanged(path, 'x', 0o755);
  chmodSync(path, 0o700);
  expect(writeIfChanged(path, 'x', 0o755)).toBe(false);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('says what to do where the provider was not built', () => {
  rmSync(join(build, 'start.js'));
  expect(() => installProvider(folder, { buildFolder: build })).toThrow(
    /start\.js missing\nto do: npm run build$/,
  );
  expect(existsSync(join(folder, 'terraform.d'))).toBe(false);
});

test('a failed write leaves the file as it was, and nothing beside it', () => {
  const path = join(folder, 'taken');
  mkdirSync(path);
  expect(() => writeIfChanged(path, 'x')).toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('a bundle gives the same with its code cache as without', () => {
  expect(hasCodeCache(build)).toBe(false);
  const { exported, compiled } = loadBundle(build);
  expect(answerOf(exported)).toBe(1);
  writeFileSync(join(build, 'gatewright-provider.cache'), compiled());
  expect(hasCodeCache(build)).toBe(true);
  expect(answerOf(loadBundle(build).exported)).toBe(1);
});

test.each([
  ['of another bundle of the same length', 'gatewright-provider.js', 'exports.answer = () => 2', 2],
  ['that was cut', 'gatewright-provider.cache', '', 1],
])('a code cache %s is not used', (_name, file, content, answer) => {
  writeFileSync(join(build, 'gatewright-provider.cache'), loadBundle(build).compiled());
  writeFileSync(join(build, file), content);
  expect(hasCodeCache(build)).toBe(false);
  expect(answerOf(loadBundle(build).exported)).toBe(answer);
});

test('a code cache whose content V8 refuses is not used', () => {
  const cache = loadBundle(build).compiled();
  writeFileSync(
    join(build, 'gatewright-provider.cache'),
    Buffer.concat([cache.subarray(0, 32), Buffer.from('nonsense')]),
  );
  expect(answerOf(loadBundle(build).exported)).toBe(1);
});

function answerOf(exported: unknown): unknown {
  if (typeof exported !== 'object' || exported === null || !('answer' in exported)) return undefined;
  return typeof exported.answer === 'function' ? Reflect.apply(exported.answer, undefined, []) : undefined;
}

function platform(): string {
  return `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
}
