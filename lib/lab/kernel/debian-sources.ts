// Where this machine gets Debian from, for a root of the same release. Used by debian-root.ts.
import { LabError } from '../errors';
import { mustRun } from '../run';

/** Lines of a sources.list, as the machine's own apt understands its settings; other vendors' packages are left out. */
export async function readDebianSources(): Promise<string> {
  const format = '$(ORIGIN)\tdeb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const targets = ['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'];
  let lines = debianLines(await mustRun(targets));
  // Fresh machines have not asked yet.
  if (lines === '') {
    await mustRun(['apt-get', '--quiet=2', 'update'], { timeoutSeconds: 900 });
    lines = debianLines(await mustRun(targets));
  }
  if (lines !== '') return lines;
  throw new LabError('program-missing', "this machine's apt has no source of Debian packages", {
    fix: 'a lab with kernel hosts needs Debian, with its packages in /etc/apt/sources.list',
  });
}

/** `targets`: what apt calls them, each after its origin and a tab. */
export function debianLines(targets: string): string {
  const lines = targets.split('\n').flatMap((target) => {
    const [origin, line] = target.split('\t');
    return origin === 'Debian' && line !== undefined ? [`${line}\n`] : [];
  });
  return [...new Set(lines)].join('');
}
