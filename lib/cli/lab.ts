// `npm run lab -- …`: throw-away hosts to try things on. The command line of lib/lab.
import { Command, CommanderError } from 'commander';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, relative, resolve } from 'node:path';
import pc from 'picocolors';
import { labDown } from '../lab/down';
import { LabError } from '../lab/errors';
import { openLab } from '../lab/lab';
import { readLabFile } from '../lab/read-spec';
import { readStatus } from '../lab/status';
import type { HostStatus } from '../lab/status';
import { bringUp } from '../lab/up';

const SMALL_FILE = `A lab file, two hosts and a client in one network:
  { "hosts": {
      "gw":     { "kind": "namespace",
                  "links": { "eth0": { "network": "lan", "addresses": ["10.0.0.1/24"] } } },
      "web":    { "kind": "bare",
                  "links": { "eth0": { "network": "lan", "addresses": ["10.0.0.2/24"] } },
                  "serve": [{ "port": 80, "protocol": "tcp" }] },
      "client": { "kind": "bare",
                  "links": { "eth0": { "network": "lan", "addresses": ["10.0.0.3/24"] } } } } }

  kind       namespace: with OpenSSH, for what is configured. bare: without, for pods and clients.
             kernel: a Debian with systemd, kernel and disk of its own: IPVS, reboots, …
  routes     words of \`ip route add\`: ["default via 10.0.0.1"]
  serve      an HTTP server (tcp) or datagrams (udp) that answer with the host's name and who asked
  sysctls    { "net.ipv4.ip_forward": 1 }
  iptables   nft or legacy (kernel hosts: legacy); without: ["iptables"] hides programs
  network    of a kernel host: lab, or systemd-networkd or ifupdown, which then set up its links
             and routes at boot
  packages   of Debian, for a kernel host: ["ufw"]; a root with them is made once for a machine
  files      { "/etc/ufw/ufw.conf": "ENABLED=yes\\n" }: there before the host starts anything
  users      [{ "name": "ops", "password": "…", "sudo": "nopasswd" or "password", "key": true }]
  networks   at the top, { "lan": { "operator": "10.0.0.254/24" } }: SSH then comes from that
             address by the host's own link, through its netfilter, and not from its 127.0.0.1`;

/** The commands; `exit` is told the exit code of those that have one of their own. */
export function labProgram(exit: (code: number) => void): Command {
  const program = new Command('lab')
    .usage('[--dir DIR] COMMAND')
    .description(
      'Throw-away hosts to try things on: namespaces and kernels on this machine, without any way out. ' +
        'Needs root.',
    )
    .option('--dir <dir>', "the lab's folder; two labs can be up in two folders", '.lab')
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 not done, and the message says why; 2 wrong arguments.\n' +
        'exec and ssh exit as the program did. Try: npm run lab -- up examples/cluster-ip/lab.json',
    )
    .enablePositionalOptions();
  const folder = (): string => resolve(program.opts<{ dir: string }>().dir);
  program
    .command('up <file>')
    .description('make the hosts of a lab file; prints each as it comes up')
    .addHelpText('after', `\n${SMALL_FILE}`)
    .action((file: string) => up(file, folder()));
  program
    .command('down')
    .description('take the lab down and leave nothing behind, also after a crash')
    .action(() => down(folder()));
  program
    .command('status')
    .description('list the hosts with their addresses and SSH ports; exit code 1 where one has ended')
    .action(async () => {
      exit(await status(folder()));
    });
  program
    .command('exec <name> <command...>')
    .description('run a program in a host as root, without SSH: exec cloudos1 -- iptables-save')
    .passThroughOptions()
    .action(async (name: string, command: string[]) => {
      const argv = command[0] === '--' ? command.slice(1) : command;
      exit(await runHere(openLab(folder()).execArgv(name, argv)));
    });
  program
    .command('ssh <name> [command...]')
    .description('log in to a host by SSH, or run a command line there')
    .passThroughOptions()
    .action(async (name: string, command: string[]) => {
      exit(await ssh(folder(), name, command));
    });
  program
    .command('unplug <name> [device]')
    .description("pull the cable of a host's device, or of all")
    .action((name: string, device?: string) => openLab(folder()).unplug(name, device));
  program
    .command('plug <name> [device]')
    .description('put it back')
    .action((name: string, device?: string) => openLab(folder()).plug(name, device));
  program
    .command('reboot <name>')
    .description('reboot a kernel host; done when SSH answers again')
    .action((name: string) => openLab(folder()).reboot(name));
  program
    .command('power-cut <name>')
    .description('cut the power of a kernel host and give it again: what is not on its disk is lost')
    .action((name: string) => openLab(folder()).powerCut(name));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ getOutHelpWidth: () => 100, getErrHelpWidth: () => 100 });
  }
  return program;
}

async function up(file: string, dir: string): Promise<void> {
  const started = Date.now();
  const interruption = new AbortController();
  const stop = (): void => {
    interruption.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const onProgress = (line: string): void => {
    console.log(line);
  };
  await bringUp(readLabFile(file), dir, { onProgress, signal: interruption.signal });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const near = relative(process.cwd(), dir);
  const config = join(near.startsWith('..') ? dir : near, 'ssh_config');
  console.log(`${pc.green('up')} in ${seconds} s. Log in: ssh -F ${config} NAME`);
}

async function down(dir: string): Promise<void> {
  const wasThere = await labDown(dir);
  console.log(wasThere ? 'down, nothing is left' : `nothing to take down in ${dir}`);
}

async function status(dir: string): Promise<number> {
  const hosts = await readStatus(dir);
  for (const line of printStatus(hosts)) console.log(line);
  return hosts.every(({ isUp }) => isUp) ? 0 : 1;
}

/** A line for each host under one for the headings, in columns. */
export function printStatus(hosts: readonly HostStatus[]): string[] {
  const rows = hosts.map(({ name, host, isUp, links }) => [
    name,
    host.kind,
    isUp ? 'up' : 'ended',
    host.kind === 'bare' ? '-' : `${host.address}:${host.port}`,
    links
      .map(({ device, isUp: has, addresses }) => [has ? device : `${device} (down)`, ...addresses].join(' '))
      .join(', '),
  ]);
  const table = [['HOST', 'KIND', 'STATE', 'SSH', 'ADDRESSES'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

async function ssh(dir: string, name: string, command: readonly string[]): Promise<number> {
  const host = openLab(dir).host(name);
  if (host.kind === 'bare') {
    throw new LabError('unknown-host', `${name} is a bare host, it has no SSH server`, {
      fix: `npm run lab -- exec ${name} -- sh`,
    });
  }
  return runHere(['ssh', '-F', join(dir, 'ssh_config'), name, ...command]);
}

/** Runs a program on our own terminal and gives its exit code as a shell would. */
function runHere(argv: readonly string[]): Promise<number> {
  const [program = '', ...rest] = argv;
  // Ctrl-C is for the program, which shares our terminal.
  process.on('SIGINT', () => undefined);
  return new Promise((settle, reject) => {
    const child = spawn(program, rest, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      settle(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Runs one command line; gives the exit code. */
export async function runLab(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = labProgram((reported) => {
    code = reported;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof LabError)) throw error;
    console.error(`${pc.red('lab:')} ${error.message}`);
    if (error.fix !== undefined) console.error(`to do: ${error.fix}`);
    return error.code === 'interrupted' ? 130 : 1;
  }
}

if (require.main === module) {
  void runLab(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
