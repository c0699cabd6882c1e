// The project's own files as text, for the architecture test.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** `path` is relative to the project's root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const ROOT = resolve(__dirname, '../..');

const NOT_OURS = new Set(['node_modules', 'dist', 'cdktf.out', '.lab', '.git', '.terraform', 'terraform.d']);
const NOT_TEXT = /\.(png|ico|gz|tgz|tfstate(\.backup)?)$/;

/** Every file under the given files and folders; what is not there yet is no file. */
export function readSources(...places: readonly string[]): SourceFile[] {
  return places
    .flatMap((place) => walk(join(ROOT, place)))
    .filter((path) => !NOT_TEXT.test(path))
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function walk(place: string): string[] {
  const folder = readdirSync(resolve(place, '..'), { withFileTypes: true });
  const entry = folder.find((candidate) => join(candidate.parentPath, candidate.name) === place);
  if (entry === undefined || NOT_OURS.has(entry.name)) return [];
  if (!entry.isDirectory()) return entry.isFile() ? [place] : [];
  return readdirSync(place).flatMap((name) => walk(join(place, name)));
}
