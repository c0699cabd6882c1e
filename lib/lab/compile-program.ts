// Makes a program of programs/ ready for plain Node. Used by build-lab.ts and lab.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type ProgramName = 'relay' | 'serve' | 'door';

/** The path of a JavaScript file: the built package has one, from sources it is made in `folder`. */
export function programPath(name: ProgramName, folder: string): string {
  const built = join(__dirname, 'programs', `${name}.js`);
  return existsSync(built) ? built : join(folder, `${name}.cjs`);
}

/** Gives the program's path when it is there. */
export async function compileProgram(name: ProgramName, folder: string): Promise<string> {
  const outfile = programPath(name, folder);
  if (outfile.endsWith('.js')) return outfile;
  // Only a checkout has the compiler, and only a checkout comes here.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(__dirname, 'programs', `${name}.ts`)],
    outfile,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
  return outfile;
}
