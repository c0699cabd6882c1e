// Removes the folders of runs whose provider was killed. Used by stay.ts.
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRunning } from './process-id';
import type { Run } from './stay';

/** Those beside the run's own whose Terraform is gone. It is a courtesy, so nothing that goes wrong is an error. */
export async function sweepRunFolders({ folder, terraformOf }: Run): Promise<void> {
  const names = await readdir(dirname(folder)).catch(() => []);
  const gone = names.filter((name) => {
    const terraform = terraformOf(name);
    return terraform !== undefined && !isRunning(terraform);
  });
  await Promise.all(gone.map((name) => sweep(join(dirname(folder), name)).catch(() => undefined)));
}

// Not recursively: whoever else may write into the temporary folder must not lead us anywhere.
async function sweep(folder: string): Promise<void> {
  const owner = await lstat(folder);
  if (!owner.isDirectory() || owner.uid !== process.getuid?.()) return;
  for (const name of await readdir(folder)) await unlink(join(folder, name));
  await rmdir(folder);
}
