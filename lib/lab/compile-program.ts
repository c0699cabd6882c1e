// Makes a program of programs/ ready for plain Node. Used by build-lab.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Gives the path of a JavaScript file: the built package has one, from sources it is made in `folder`. */
export async function compileProgram(name: 'relay' | 'serve', folder: string): Promise<string> {
  const built = join(__dirname, 'programs', `${name}.js`);
  if (existsSync(built)) return built;
  // Only a checkout has the compiler, and only a checkout comes here.
  const { build } = await import('esbuild');
  const outfile = join(folder, `${name}.cjs`);
  await build({
    entryPoints: [join(__dirname, 'programs', `${name}.ts`)],
    outfile,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
  return outfile;
}
