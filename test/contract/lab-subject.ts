// A lab host as the subject of the contract: its own iptables-restore is wrapped, so that a test can make it fail, wait or be late.
import type { Lab } from '../../lib/lab/lab';
import { remoteHost } from '../../lib/converge/remote-host';
import { connect } from '../../lib/ssh/connect';
import type { SshConnection } from '../../lib/ssh/connection';
import { BUILT_IN_CHAINS } from '../../lib/model/iptables';
import type { FakeConntrackEntry } from '../fakes/fake-conntrack';
import { parseTracked, printTracked } from './conntrack-lines';
import type { Subject } from './subject';

const TRAPS = '/tmp/traps';

/**
 * Stands before the real one in the search path. Only what changes the host (`--noflush`) is counted and meddled with;
 * a proof is not, nor a dry load.
 */
const WRAPPER = `#!/bin/sh
real=/usr/sbin/iptables-restore
case " $* " in *" --noflush "*) ;; *) exec "$real" "$@" ;; esac
[ -d ${TRAPS} ] && [ -z "$GATEWRIGHT_RUN" ] || exec "$real" "$@"
cd ${TRAPS}
count=$(($(cat count 2> /dev/null || echo 0) + 1))
echo "$count" > count
stop_at() { if [ -p "$1" ]; then : > reached; read -r word < "$1"; fi; }
stop_at before
if [ "$count" = "$(cat fail 2> /dev/null)" ]; then echo 'told to fail' >&2; exit 2; fi
"$real" "$@"; code=$?
stop_at after
if [ -f hand ]; then mv hand moved; "$real" --noflush < moved; fi
exit "$code"
`;

/** `@@ PATH` before each file that a host remembers for us: the artefacts of a boot and of going back are not asked for. */
const LIST_STATE = `
cd /var/lib/gatewright 2> /dev/null || exit 0
echo @@
cd current 2> /dev/null || exit 0
find manifest.json declared -type f 2> /dev/null | while read -r path; do echo "@@ $path"; cat "$path"; done
`;

const EMPTY_TABLES = (['filter', 'nat', 'mangle', 'raw'] as const)
  .map(
    (table) => `*${table}\n${BUILT_IN_CHAINS[table].map((chain) => `:${chain} ACCEPT\n`).join('')}COMMIT\n`,
  )
  .join('');

/** Which `sh` the host has. */
export type ShellName = 'dash' | 'bash' | 'busybox';

export class LabSubject implements Subject {
  private constructor(
    private readonly lab: Lab,
    readonly name: string,
    private readonly connections: readonly [SshConnection, SshConnection],
  ) {}

  static async open(lab: Lab, name: string, shell: ShellName = 'dash'): Promise<LabSubject> {
    const connections = await Promise.all([connectTo(lab, name), connectTo(lab, name)]);
    const subject = new LabSubject(lab, name, connections);
    await subject.exec(['sh', '-c', 'cat > /usr/local/sbin/iptables-restore'], WRAPPER);
    await subject.exec(['chmod', '755', '/usr/local/sbin/iptables-restore']);
    if (shell !== 'dash') await subject.exec(['ln', '-sf', await pathOf(subject, shell), '/usr/bin/sh']);
    return subject;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  get host(): ReturnType<typeof remoteHost> {
    return remoteHost(this.connections[0]);
  }

  get second(): ReturnType<typeof remoteHost> {
    return remoteHost(this.connections[1]);
  }

  async hand(restore: string): Promise<void> {
    await this.exec(['/usr/sbin/iptables-restore', '--noflush'], restore);
  }

  async hand6(restore: string): Promise<void> {
    await this.exec(['ip6tables-restore', '--noflush'], restore);
  }

  async handBeforeVerify(restore: string): Promise<void> {
    await this.trap('hand', restore);
  }

  async failAtStep(n: number): Promise<void> {
    await this.trap('fail', `${n}\n`);
  }

  /** A file stands where the folder should. */
  async failToRemember(): Promise<void> {
    await this.exec(['touch', '/var/lib/gatewright']);
  }

  /** Before or after the kernel takes a step's rules. */
  async stall(gate: 'before' | 'after' = 'before'): ReturnType<Subject['stall']> {
    await this.exec(['mkdir', '-p', TRAPS]);
    await this.exec(['mkfifo', `${TRAPS}/${gate}`]);
    return {
      reached: async () => {
        await this.exec(['sh', '-c', `until [ -e ${TRAPS}/reached ]; do sleep 0.02; done`]);
      },
      release: async () => {
        await this.exec(['sh', '-c', `cd ${TRAPS}; mv ${gate} open; rm -f reached; echo go > open`]);
      },
    };
  }

  async forbidNamespaces(): Promise<void> {
    const words = `#!/bin/sh\\necho 'unshare: unshare failed: Operation not permitted' >&2; exit 1\\n`;
    await this.exec(['sh', '-c', `printf "${words}" > /usr/local/sbin/unshare`]);
    await this.exec(['chmod', '755', '/usr/local/sbin/unshare']);
  }

  async readSysctl(key: string): Promise<string> {
    return (await this.exec(['sysctl', '-n', key])).trim();
  }

  async track(entries: readonly FakeConntrackEntry[]): Promise<void> {
    const load = 'cat > /tmp/entries && conntrack --load-file /tmp/entries 2> /dev/null';
    await this.exec(['sh', '-c', load], entries.map(printTracked).join(''));
  }

  async tracked(): Promise<readonly FakeConntrackEntry[]> {
    const list = 'for family in ipv4 ipv6; do conntrack -L -p udp -f "$family"; done';
    return parseTracked(await this.exec(['sh', '-c', list]));
  }

  save(): Promise<string> {
    return this.exec(['iptables-save']);
  }

  save6(): Promise<string> {
    return this.exec(['ip6tables-save']);
  }

  async stateFiles(): Promise<Readonly<Record<string, string>> | undefined> {
    const listed = await this.exec(['sh', '-c', LIST_STATE]);
    if (listed === '') return undefined;
    const files = listed.split('@@ ').slice(1);
    return Object.fromEntries(
      files.map((file) => [file.slice(0, file.indexOf('\n')), file.slice(file.indexOf('\n') + 1)]),
    );
  }

  async runFiles(): Promise<readonly string[]> {
    const listed = await this.exec(['sh', '-c', 'ls /run/gatewright 2> /dev/null || true']);
    return listed.split('\n').filter((line) => line !== '');
  }

  async reset(): Promise<void> {
    const script = [
      `rm -rf ${TRAPS} /var/lib/gatewright /run/gatewright /usr/local/sbin/unshare`,
      `mkdir -p ${TRAPS}`,
      'echo 0 > /proc/sys/net/ipv4/ip_forward',
      'cat > /tmp/empty',
      '/usr/sbin/iptables-restore /tmp/empty',
      'ip6tables-restore /tmp/empty',
      'for family in ipv4 ipv6; do conntrack -D -p udp -f "$family" > /tmp/said 2>&1 || true; done',
    ];
    await this.exec(['sh', '-ec', script.join('\n')], EMPTY_TABLES);
  }

  /** Standard output. Throws where the program fails. */
  async exec(argv: readonly string[], stdin?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.lab.exec(
      this.name,
      argv,
      stdin === undefined ? {} : { stdin },
    );
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} on ${this.name}: ${stderr}${stdout}`);
    return stdout;
  }

  private async trap(name: string, text: string): Promise<void> {
    await this.exec(['sh', '-c', `mkdir -p ${TRAPS}; cat > ${TRAPS}/${name}`], text);
  }
}

/** A connection of its own, as the provider makes it. */
export async function connectTo(lab: Lab, name: string): Promise<SshConnection> {
  const host = lab.host(name);
  if (host.kind === 'bare') throw new Error(`${name} has no SSH`);
  const { address, port, user, privateKeyPath, hostKey } = host;
  return connect({ address, port, user, privateKeyPath, hostKey, agent: false });
}

async function pathOf(subject: LabSubject, shell: ShellName): Promise<string> {
  return (await subject.exec(['sh', '-c', `command -v ${shell}`])).trim();
}
