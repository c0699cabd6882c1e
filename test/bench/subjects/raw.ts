// The physical floor: ssh and the kernel's own tools, each over a connection of its own as one types it.
import { join } from 'node:path';
import type { Lab } from '../../../lib/lab/lab';
import { emptyTables, onHost } from '../bench-hosts';
import type { Commands } from '../commands';
import { changedChains } from '../restore-lines';
import { repeated, thereAndBack } from '../rounds';
import type { Step, Steps } from '../rounds';
import type { Size } from '../sizes';
import type { States } from '../states';

export interface RawSubject {
  readonly commands: Commands;
  readonly lab: Lab;
  readonly states: States;
}

const HOST = 'raw';
/** How many connections are open at once where there are many hosts: what Terraform does unless told otherwise. */
const AT_ONCE = 10;

export function rawRuleSteps(
  { commands, lab, states: { before, after } }: RawSubject,
  { looks, applies }: Size,
): Steps {
  const forth = changedChains(before, after);
  const back = changedChains(after, before);
  const ssh = onSsh({ commands, lab });
  return [
    {
      ...step('restore', () => ssh('iptables-restore', before)),
      prepare: () => emptyTables(lab, HOST),
    },
    ...repeated(
      looks,
      step('save', () => ssh('iptables-save')),
    ),
    ...thereAndBack(applies, (variant) =>
      step('apply-one', () => ssh('iptables-restore --noflush', variant === 'after' ? forth : back)),
    ),
    // Look, change one service, look again, over one connection: what an apply of ours cannot do without.
    step('repair-one', () => ssh('iptables-save && iptables-restore --noflush && iptables-save', back)),
  ];
}

export function rawSetSteps(
  { commands, lab, states: { before, after } }: RawSubject,
  { looks }: Size,
): Steps {
  const ssh = onSsh({ commands, lab });
  const known = new Set(before.split('\n'));
  const one = after.split('\n').filter((line) => line.startsWith('add ') && !known.has(line));
  return [
    {
      ...step('restore', () => ssh('ipset restore', before)),
      prepare: async () => {
        await onHost(lab, HOST, { argv: ['ipset', 'destroy'] });
      },
    },
    ...repeated(
      looks,
      step('save', () => ssh('ipset save')),
    ),
    step('apply-one', () => ssh('ipset restore', `${one.join('\n')}\n`)),
  ];
}

/** All hosts at once, as `xargs` does it. */
export function rawManySteps({
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

function onSsh({ commands, lab }: Pick<RawSubject, 'commands' | 'lab'>) {
  const way = ['ssh', '-F', join(lab.dir, 'ssh_config'), HOST];
  return (command: string, stdin = '') => commands.must([...way, command], { stdin });
}

function step(operation: Step['operation'], run: Step['run']): Step {
  return { subject: 'raw', operation, run };
}
