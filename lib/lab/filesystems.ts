// The machine's file systems beside its root that hold files a host needs (a /usr or /var of its own). Used by start-host.ts.
import { readFileSync, statSync } from 'node:fs';

// What the kernel makes up, and what a host has of its own anyway.
const WITHOUT_FILES = new Set(
  'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs proc pstore ramfs rpc_pipefs securityfs sysfs tmpfs tracefs'.split(
    ' ',
  ),
);
const HOSTS_OWN = /^\/(dev|home|media|mnt|proc|root|run|sys|tmp|var\/tmp)(\/|$)/;
// What stands in a mount option must hold none of its separators; \040 and its like are mountinfo's own escapes.
const PLAIN_PATH = /^[^\\,:]+$/;

/** Folders, parents before children. */
export function otherFileSystems(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  const folders = mountinfo.split('\n').flatMap((line) => {
    const [mount = '', source = ''] = line.split(' - ');
    const folder = mount.split(' ')[4];
    const type = source.split(' ')[0] ?? '';
    if (folder === undefined || folder === '/' || WITHOUT_FILES.has(type)) return [];
    return PLAIN_PATH.test(folder) && !HOSTS_OWN.test(folder) && isFolder(folder) ? [folder] : [];
  });
  return [...new Set(folders)].sort();
}

// Containers mount single files such as /etc/hosts; a host has its own.
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
