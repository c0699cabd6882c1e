// Starts the process that a whole lab lives by, in network, mount and PID namespaces of its own. Used by up.ts.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors';
import { expectLines } from './expect-lines';
import { LEDGER_FILE } from './ledger';
import { identify } from './process-identity';
import type { ProcessIdentity } from './process-identity';

// It makes nothing before it is told `go`, which comes after the ledger names it, and it ends when its standard input
// closes before `keep`: so an `up` that is killed at any moment leaves no process, namespace or mount behind.
// It also ends when somebody removes the lab's folder, since nobody could take the lab down any more.
// Its network namespace is the lab's switch: the bridges, and one end of each cable. Frames pass there untouched.
const KEEPER_PROGRAM = `
set -eu
read -r pid rest </proc/self/stat
echo "pid $pid"
read -r word || exit 1
[ "$word" = go ]
mount -t tmpfs -o mode=0700 lab "$1"
for setting in ipv4/ip_forward=0 ipv6/conf/default/disable_ipv6=1 bridge/bridge-nf-call-iptables=0 \\
  bridge/bridge-nf-call-ip6tables=0 bridge/bridge-nf-call-arptables=0; do
  file="/proc/sys/net/\${setting%=*}"
  if [ -e "$file" ]; then echo "\${setting#*=}" >"$file"; fi
done
ip link set lo up
echo ready
read -r word || exit 1
[ "$word" = keep ]
exec sh -c 'while [ -e "$1" ]; do sleep 5 & wait "$!"; done' lab "$2" </dev/null >&2
`;

export interface Keeper {
  readonly identity: ProcessIdentity;
  readonly waiter: ProcessIdentity;
  /** Lets it make the lab's mount; resolves when that is there. */
  go(): Promise<void>;
  /** From now on the lab stays when we end. */
  keep(): void;
}

/** In the lab's folder `store`, and inside the lab only, memory for what the hosts write is mounted. */
export async function startKeeper(dir: string): Promise<Keeper> {
  const log = openSync(join(dir, 'logs', 'lab.log'), 'a', 0o600);
  const program = ['sh', '-c', KEEPER_PROGRAM, 'lab', join(dir, 'store'), join(dir, LEDGER_FILE)];
  const namespaces = [
    '--net',
    '--mount',
    '--pid',
    '--propagation',
    'private',
    '--fork',
    '--kill-child',
    '--',
  ];
  const child = spawn('unshare', [...namespaces, ...program], {
    detached: true,
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw endedEarly();
  child.once('error', () => undefined); // The missing line tells.
  stdin.on('error', () => undefined);
  const expectLine = expectLines(stdout, endedEarly);
  const identity = identify(Number(await expectLine(/^pid (\d+)$/)));
  const waiter = identify(child.pid ?? 0);
  if (identity === undefined || waiter === undefined) throw endedEarly();
  return {
    identity,
    waiter,
    go: async () => {
      stdin.write('go\n');
      await expectLine(/^ready$/);
    },
    keep: () => {
      stdin.end('keep\n');
      stdout.destroy();
      child.unref();
    },
  };
}

function endedEarly(): LabError {
  return new LabError('command-failed', "the lab's first process ended early", {
    fix: 'network, mount and PID namespaces are needed: as root, and not in a container that forbids them',
  });
}
