// The hash by which Terraform knows an unpacked provider in its lock file. Used by provider.ts.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `h1:` of a folder without subfolders: SHA-256, in base64, over a line `<SHA-256 in hex>  <name>` per file, sorted by
 * name. Measured against what `terraform init` writes: docs/lab-notes/0002-plugin-folder-and-lock-file.md.
 */
export function packageHash(folder: string): string {
  const lines = readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    );
  return `h1:${createHash('sha256').update(lines.join('')).digest('base64')}`;
}
