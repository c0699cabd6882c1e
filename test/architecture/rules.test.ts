// Each rule of the architecture test refuses what it is there to refuse, and lets the innocent neighbour pass.
import { describe, expect, test } from 'vitest';
import { codeProblems, exportedNames } from './code';
import { unreadCases } from './golden';
import { importProblems } from './layers';
import {
  isAllowedLicence,
  licenceOf,
  lockedPackages,
  productionTree,
  shippingProblems,
  undeclaredPackages,
} from './packages';
import { deadLinks, unexplainedErrors } from './prose';
import { lengthProblems, machinePathProblems, nameProblems, openingProblems } from './text';

describe('imports', () => {
  test.each([
    [
      'lib/model/rule.ts',
      `import { x } from '../syntax/words';`,
      'model may not import syntax (lib/syntax/words)',
    ],
    [
      'lib/syntax/words.ts',
      `import type { X } from '../ssh/connection';`,
      'syntax may not import ssh (lib/ssh/connection)',
    ],
    ['lib/ssh/connect.ts', `export * from '../model/scope';`, 'ssh may not import model (lib/model/scope)'],
    [
      'lib/cli/lab.ts',
      `const x = import('../constructs/host');`,
      'cli may not import constructs (lib/constructs/host)',
    ],
    ['lib/lab/up.ts', `type X = import('../index').X;`, 'lab may not import index (lib/index)'],
    ['lib/lab/up.ts', `import x = require('../cli/lab');`, 'lab may not import cli (lib/cli/lab)'],
    ['lib/newcomer/x.ts', `import './y';`, 'layer newcomer is not in the table'],
    [
      'lib/model/x.ts',
      `import '../../test/fakes/fake-host';`,
      'imports test/fakes/fake-host, which is outside lib/',
    ],
    ['lib/services/x.ts', `import { readFileSync } from 'node:fs';`, 'a layer without I/O imports node:fs'],
    [
      'lib/converge/x.ts',
      `import { lookup } from 'dns/promises';`,
      'a layer without I/O imports dns/promises',
    ],
    ['lib/index.ts', `export { App } from 'cdktf';`, 'only lib/constructs/framework.ts may import cdktf'],
    [
      'lib/constructs/host.ts',
      `import type { X } from 'cdktf/lib/x';`,
      'only lib/constructs/framework.ts may import cdktf',
    ],
    ['lib/lab/up.ts', `const { Client } = require('ssh2');`, 'only lib/ssh/ may import ssh2'],
    [
      'lib/provider/plan.ts',
      `import { encode } from '@msgpack/msgpack';`,
      'only lib/provider/protocol/ may import @msgpack/msgpack',
    ],
    [
      'examples/x/main.ts',
      `import { x } from '../../lib/model/rule';`,
      'imports lib/model/rule, where a user has only lib/index.ts',
    ],
  ])('%s may not say %s', (path, text, problem) => {
    expect(importProblems({ path, text })).toEqual([`${path}: ${problem}`]);
  });

  test.each([
    ['lib/syntax/words.ts', `import type { Rule } from '../model/rule'; import './closest';`],
    ['lib/services/names.ts', `import { createHash } from 'node:crypto';`],
    ['lib/constructs/framework.ts', `export { App } from 'cdktf';`],
    ['lib/provider/protocol/serve.ts', `import * as grpc from '@grpc/grpc-js';`],
    ['lib/model/rule.ts', `words.require('ssh2');`],
    ['lib/model/rule.ts', `const text = "import x from '../ssh/connect'";`],
    ['examples/x/main.ts', `import { Host } from '../../lib';`],
    ['main.ts', `import { Host } from './lib/index';`],
    ['test/fakes/fake-host.ts', `import type { X } from '../../lib/ssh/connection'; import 'node:fs';`],
  ])('%s may say %s', (path, text) => {
    expect(importProblems({ path, text })).toEqual([]);
  });
});

describe('code', () => {
  test.each([
    ['any', 'const x: any = 1;'],
    ['any in a generic', 'const x = new Map<string, any>();'],
    ['a silenced linter', 'f(); // eslint-disable-line'],
    ['a silenced linter in a block comment', '/* eslint-disable */\nf();'],
    ['a silenced compiler', '// @ts-ignore\nf();'],
    ['a silenced file', '// @ts-nocheck\nf();'],
    ['a skipped test', `test.skip('x', f);`],
    ['a skipped suite', `describe.concurrent.skip('x', f);`],
    ['a lonely test', `it.only('x', f);`],
    ['a promised test', `test.todo('x');`],
    ['a test that may be skipped', `test.skipIf(process.env.CI)('x', f);`],
    ['a test that skips itself', `test('x', (context) => context.skip());`],
  ])('refuses %s', (_name, text) => {
    expect(codeProblems({ path: 'test/x.test.ts', text })).toHaveLength(1);
  });

  test.each([
    ['the words in a string', `const text = 'test.skip( // @ts-ignore eslint-disable any';`],
    ['the words in a template', 'const text = `// @ts-ignore ${x} // eslint-disable`;'],
    ['a method of something else', 'reader.skip(4);'],
    ['unknown', 'const x: unknown = 1; // any'],
  ])('allows %s', (_name, text) => {
    expect(codeProblems({ path: 'test/x.test.ts', text })).toEqual([]);
  });
});

describe('text', () => {
  test('300 lines pass and 301 do not', () => {
    expect(lengthProblems({ path: 'lib/x.ts', text: 'x\n'.repeat(300) })).toEqual([]);
    expect(lengthProblems({ path: 'lib/x.ts', text: 'x\n'.repeat(301) })).toEqual([
      'lib/x.ts: 301 lines, at most 300',
    ]);
  });

  test.each([
    ['// What it is, for whom.\nf();\n', true],
    ['#!/usr/bin/env node\n// What it is,\n// for whom.\n//\n//   more\nf();\n', true],
    ['import x from "y";\n', false],
    ['// words without an end\nf();\n', false],
    ['// Gatewright.\nf();\n', false],
    ['/* What it is. */\nf();\n', false],
  ])('an opening such as %j passes: %j', (text, passes) => {
    expect(openingProblems({ path: 'lib/x.ts', text }).length === 0).toBe(passes);
  });

  test.each([
    ['lib/model/rule-utils.ts', '', ['file name says "utils"']],
    ['lib/common/rule.ts', '', ['file name says "common"']],
    ['lib/x.ts', 'export function syncRules() {}', ['syncRules says "sync"']],
    ['lib/x.ts', 'export const MAX_ITEMS = 1, ok = 2;', ['MAX_ITEMS says "items"']],
    ['lib/x.ts', 'export interface RuleData {}\nexport class Doer {}', ['RuleData says "data"']],
    ['lib/x.ts', 'const y = 1; export { y as miscY };', ['miscY says "misc"']],
    ['lib/x.ts', 'export type Database = 1; function helper() {} export const readDataSource = 1;', []],
    ['lib/converge/longest-common.ts', '', []],
  ])('%s with %j is refused for %j', (path, text, words) => {
    expect(nameProblems({ path, text })).toEqual(words.map((word) => `${path}: ${word}`));
  });

  const folder = (...names: readonly string[]): string => ['', ...names].join('/');
  test.each([
    [folder('work', 'main', 'lib'), true],
    [folder('root', '.terraformrc'), true],
    [folder('tmp', 'scratch', 'x'), true],
    [folder('home', 'somebody', 'x'), true],
    [folder('root', '.ssh', 'authorized_keys'), false],
    ['lib/work/rule.ts and ~/.ssh and network/root/x', false],
  ])('the path %s is refused: %j', (path, refused) => {
    expect(machinePathProblems({ path: 'docs/x.md', text: `see "${path}"` }).length > 0).toBe(refused);
  });

  test('the home of root is one that lab hosts have, too', () => {
    const text = `cp -r /etc/skel/. ${folder('root', '')}`;
    expect(machinePathProblems({ path: 'lib/lab/x.ts', text })).toEqual([]);
    expect(machinePathProblems({ path: 'lib/cli/x.ts', text })).toHaveLength(1);
  });

  test('exports of every kind are found', () => {
    const text =
      'export enum A { x }\nexport type B = 1;\nexport { C, D as E } from "./c";\nexport * as F from "./f";';
    expect(exportedNames({ path: 'lib/x.ts', text })).toEqual(['A', 'B', 'C', 'E', 'F']);
  });
});

describe('golden files', () => {
  const cases = ['dumps/docker.save', 'seeds/003/expected.save'];
  test.each([
    ['neither', `const x = 'cases of doubt';`, cases],
    ['a folder', `readdirSync(join(__dirname, '../cases/seeds'));`, ['dumps/docker.save']],
    ['a file', `import x from '../cases/dumps/docker.save';`, ['seeds/003/expected.save']],
    ['parts of a path', `join(ROOT, 'test', 'cases', 'seeds', name)`, ['dumps/docker.save']],
    ['a template', 'read(`test/cases/dumps/${name}.save`)', ['seeds/003/expected.save']],
    ['a name that is only alike', `read('cases/seed')`, cases],
  ])('are unread where a test names %s', (_name, text, unread) => {
    expect(unreadCases(cases, [{ path: 'test/x.test.ts', text }])).toEqual(unread);
  });
});

describe('prose', () => {
  const exists = (path: string): boolean => ['docs/words.md', 'README.md'].includes(path);
  test.each([
    [
      'docs/a.md',
      '[words](words.md) [up](../README.md) [web](https://example.org/x) [here](#a-b-c)\n## A b, c',
      [],
    ],
    ['docs/a.md', '[gone](gone.md)', ['gone.md']],
    ['docs/a.md', '[here](#no-such-heading)\n## Another', ['#no-such-heading']],
    ['lib/x.ts', '// Measured: docs/words.md, docs/lab-notes/0009-gone.md.', ['docs/lab-notes/0009-gone.md']],
  ])('%s saying %j leads nowhere at %j', (path, text, dead) => {
    expect(deadLinks({ path, text }, exists)).toEqual(
      dead.map((target) => `${path}: ${target} leads nowhere`),
    );
  });

  test('an error without a section is named', () => {
    const text = `const SSH_TITLES: R<X, string> = {\n  gone: 'Host is gone',\n  'a-b': 'Told',\n};\nconst x = { y: 'z', };`;
    expect(unexplainedErrors({ path: 'lib/x.ts', text }, '# Page\n### Told\n')).toEqual(['Host is gone']);
  });
});

describe('packages', () => {
  const manifest = {
    main: 'dist/lib/index.js',
    types: 'dist/lib/index.d.ts',
    files: ['dist/lib'],
    dependencies: { ssh2: '1' },
    peerDependencies: { cdktf: '1' },
  };

  test('what is not built or not shipped is refused', () => {
    expect(shippingProblems(manifest)).toEqual([]);
    expect(shippingProblems({ ...manifest, files: ['dist/provider', 'test'] })).toEqual([
      '"files" lacks dist/lib/index.js',
      '"files" lacks dist/lib/index.d.ts',
      '"files" has test, which no build made',
    ]);
  });

  test('an import of what only develops us is refused, but for what runs from a clone', () => {
    const text = `import 'ssh2'; import 'cdktf/x'; import 'node:fs'; import './y'; import 'esbuild';`;
    expect(undeclaredPackages({ path: 'lib/lab/x.ts', text }, manifest)).toEqual([]);
    expect(undeclaredPackages({ path: 'lib/x.ts', text }, manifest)).toEqual([
      'lib/x.ts: esbuild is no dependency of the package',
    ]);
  });

  test('the production tree holds nested and optional packages and peers, and no tools of development', () => {
    const lock = {
      packages: {
        '': { dependencies: { a: '1' }, devDependencies: { tool: '1' }, peerDependencies: { p: '1' } },
        'node_modules/a': { dependencies: { '@s/b': '1' }, optionalDependencies: { c: '1', absent: '1' } },
        'node_modules/a/node_modules/@s/b': { dependencies: { c: '2' } },
        'node_modules/c': {},
        'node_modules/p': {},
        'node_modules/tool': {},
      },
    };
    expect(productionTree(lockedPackages(JSON.stringify(lock)))).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/@s/b',
      'node_modules/c',
      'node_modules/p',
    ]);
  });

  test.each([
    ['{"license":"MIT"}', 'MIT', true],
    ['{"license":"(GPL-3.0 OR Apache-2.0)"}', '(GPL-3.0 OR Apache-2.0)', true],
    ['{"license":"MIT AND GPL-3.0"}', 'MIT AND GPL-3.0', false],
    ['{"license":"SSPL-1.0"}', 'SSPL-1.0', false],
    ['{"license":{"type":"ISC"}}', 'ISC', true],
    ['{"licenses":[{"type":"GPL-2.0"},{"type":"MIT"}]}', 'GPL-2.0 OR MIT', true],
    ['{}', '', false],
  ])('the licence in %s is %j, allowed: %j', (text, licence, allowed) => {
    expect(licenceOf(text)).toBe(licence);
    expect(isAllowedLicence(licence)).toBe(allowed);
  });
});
