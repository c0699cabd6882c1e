// Where Terraform is looked for before the demo begins, as cdktf and the shell would look.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTerraform } from '../../../lib/cli/demo/cdktf';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewright-path-'));
  mkdirSync(join(folder, 'programs'));
  mkdirSync(join(folder, 'folders', 'terraform'), { recursive: true });
  mkdirSync(join(folder, 'texts'));
  for (const [path, mode] of [
    ['programs/terraform', 0o755],
    ['programs/tofu', 0o755],
    ['texts/terraform', 0o644],
  ] as const) {
    writeFileSync(join(folder, path), '#!/bin/sh\n');
    chmodSync(join(folder, path), mode);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ['the first program of that name', 'folders:texts:programs', undefined, 'programs/terraform'],
  ['another name', 'programs', 'tofu', 'programs/tofu'],
  ['a path', '', 'programs/tofu', 'programs/tofu'],
  ['no folder of that name', 'folders', undefined, undefined],
  ['no file that cannot be run', 'texts', undefined, undefined],
  ['its way past what is no folder', 'programs/tofu:programs', undefined, 'programs/terraform'],
  ['nothing on an empty PATH', '', undefined, undefined],
  ['no path that leads nowhere', 'programs', 'nowhere/terraform', undefined],
])('finds %s', (_name, path, name, found) => {
  const inFolder = (part: string): string => join(folder, part);
  const folders = path === '' ? [] : path.split(':');
  const environment = {
    PATH: folders.map(inFolder).join(':'),
    ...(name === undefined ? {} : { TERRAFORM_BINARY_NAME: name.includes('/') ? inFolder(name) : name }),
  };
  expect(findTerraform(environment)).toBe(found === undefined ? undefined : inFolder(found));
});
