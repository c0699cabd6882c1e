// The rules of the design that a machine can hold, run over the project as it stands; what they refuse is in
// architecture/rules.test.ts and, for doc comments, beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../package.json';
import { codeProblems } from './architecture/code';
import { unreadCases } from './architecture/golden';
import { undocumentedExports } from './architecture/doc-comments';
import { importProblems, MAY_IMPORT } from './architecture/layers';
import {
  isAllowedLicence,
  licenceOf,
  lockedPackages,
  productionTree,
  shippingProblems,
  undeclaredPackages,
} from './architecture/packages';
import { deadLinks, unexplainedErrors } from './architecture/prose';
import { readSources, ROOT, type SourceFile } from './architecture/sources';
import { lengthProblems, machinePathProblems, nameProblems, openingProblems } from './architecture/text';

const written = readSources('lib', 'test', 'examples', 'scripts', 'main.ts', '.ci').filter(
  ({ path }) => !path.startsWith('test/cases/'),
);
const code = written.filter(({ path }) => /\.[cm]?[jt]s$/.test(path));
const lib = code.filter(({ path }) => path.startsWith('lib/'));
const golden = readSources('test/cases');
const prose = [
  ...readSources('docs', 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'),
  ...written.filter(({ path }) => path.endsWith('.md')),
];

/** Milliseconds: some thousand files are parsed, perhaps beside much else. */
const READING_TIMEOUT = 60_000;

const undeclaredIn = (source: SourceFile): string[] => undeclaredPackages(source, manifest);
const deadIn = (source: SourceFile): string[] => deadLinks(source, (path) => existsSync(join(ROOT, path)));

test('every layer of the table has code, so that no rule holds for want of any', () => {
  const folders = new Set(lib.map(({ path }) => (path === 'lib/index.ts' ? 'index' : path.split('/')[1])));
  expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test.each([
  ['imports point down the layer table and libraries stay where they are known', code, importProblems],
  ['no file is longer than 300 lines', written, lengthProblems],
  ['every file opens with a sentence that says what it is', code, openingProblems],
  ['names of files and exports say what a thing is', written, nameProblems],
  ['what the folders on its list export has a doc comment', lib, undocumentedExports],
  ['nothing is any, no check is silenced, every test runs', code, codeProblems],
  [
    'no file knows a path of the machine that it was written on',
    [...written, ...golden, ...prose],
    machinePathProblems,
  ],
  ['pages and comments lead somewhere', [...code, ...prose], deadIn],
  ['lib imports only what the package depends on', lib, undeclaredIn],
] as const)(
  '%s',
  (_rule, sources, problemsOf) => {
    expect(sources.flatMap((source) => problemsOf(source))).toEqual([]);
  },
  READING_TIMEOUT,
);

test('every golden file is read by a test', () => {
  const paths = golden.map(({ path }) => path.replace('test/cases/', ''));
  expect(unreadCases(paths, code)).toEqual([]);
});

test('every error of a host has its section in the troubleshooting page', () => {
  const titles = lib.filter(({ text }) => text.includes('_TITLES'));
  const [page] = readSources('docs/troubleshooting.md');
  expect(titles.length).toBeGreaterThan(0);
  expect(titles.flatMap((source) => unexplainedErrors(source, page?.text ?? ''))).toEqual([]);
});

test('the package ships its entry points and only what the build made', () => {
  expect(shippingProblems(manifest)).toEqual([]);
});

test('everything that a user installs with us is under a permissive licence or the MPL', () => {
  const locked = lockedPackages(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const installed = productionTree(locked).filter((path) => existsSync(join(ROOT, path, 'package.json')));
  const licences = installed.map((path) => ({
    path,
    licence: licenceOf(readFileSync(join(ROOT, path, 'package.json'), 'utf8')),
  }));
  expect(licences.length).toBeGreaterThan(50);
  expect(licences.filter(({ licence }) => !isAllowedLicence(licence))).toEqual([]);
});
