// The physical floor: ssh and the kernel's own tools, each over a connection of its own as one types it.
import { join } from 'node:path';
import type { Lab } from '../../../lib/lab/lab';
import { emptyTables, onHost } from '../bench-hosts';
import type { Commands } from '../commands';
import { changedChains } from '../restore-lines';
import { thereAndBack } from '../rounds';
import type { Step, Steps } from '../rounds';
import type { Size } from '../sizes';
import type { States } from '../states';

export interface RawSubject {
  readonly commands: Commands;
  readonly lab: Lab;
  readonly states: States;
}

/** Loaded by iptables-restore, by nobody else. */
const HOST = 'raw';
/** How many connections are open at once where there are many hosts: what Terraform does unless told otherwise. */
const AT_ONCE = 10;

export function rawRuleSteps(
  { commands, lab, states: { before, after } }: RawSubject,
  { applies }: Size,
): Steps {
  const forth = changedChains(before, after);
  const back = changedChains(after, before);
  const ssh = onSsh({ commands, lab }, HOST);
  return [
    {
      ...step('restore', () => ssh('iptables-restore', before)),
      prepare: () => emptyTables(lab, HOST),
    },
    ...thereAndBack(applies, (variant) =>
      step('apply-one', () => ssh('iptables-restore --noflush', variant === 'after' ? forth : back)),
    ),
  ];
}

/**
 * On the very host that a plan of ours has just looked at, holding what it held `before`: how long a save takes hangs on how the rules
 * were loaded (docs/lab-notes/0400-what-an-apply-costs-on-the-host.md), and ours are the quicker ones.
 */
export function rawLooks(
  { commands, lab, states: { before, after } }: RawSubject,
  { members, hosts: [host = ''] }: { readonly members: number; readonly hosts: readonly string[] },
): Steps {
  const ssh = onSsh({ commands, lab }, host);
  if (members > 0) return [step('save', () => ssh('ipset save'))];
  const asItIs = changedChains(after, before);
  return [
    step('save', () => ssh('iptables-save')),
    // Look, write one service, look again, over one connection: what an apply of ours cannot do without.
    step('repair-one', () => ssh('iptables-save && iptables-restore --noflush && iptables-save', asItIs)),
  ];
}

export function rawSetSteps({ commands, lab, states: { before, after } }: RawSubject): Steps {
  const ssh = onSsh({ commands, lab }, HOST);
  const known = new Set(before.split('\n'));
  const one = after.split('\n').filter((line) => line.startsWith('add ') && !known.has(line));
  return [
    {
      ...step('restore', () => ssh('ipset restore', before)),
      prepare: async () => {
        await onHost(lab, HOST, { argv: ['ipset', 'destroy'] });
      },
    },
    step('apply-one', () => ssh('ipset restore', `${one.join('\n')}\n`)),
  ];
}

/** All hosts at once, as `xargs` does it. */
export function rawManyLooks({
  commands,
  lab,
  hosts,
}: Omit<RawSubject, 'states'> & { readonly hosts: readonly string[] }): Steps {
  const argv = [
    'xargs',
    `-P${AT_ONCE}`,
    '-I{}',
    'ssh',
    '-F',
    join(lab.dir, 'ssh_config'),
    '{}',
    'iptables-save',
  ];
  return [step('save', () => commands.must(argv, { stdin: `${hosts.join('\n')}\n` }))];
}

function onSsh({ commands, lab }: Pick<RawSubject, 'commands' | 'lab'>, host: string) {
  const way = ['ssh', '-F', join(lab.dir, 'ssh_config'), host];
  return (command: string, stdin = '') => commands.must([...way, command], { stdin });
}

function step(operation: Step['operation'], run: Step['run']): Step {
  return { subject: 'raw', operation, run };
}
