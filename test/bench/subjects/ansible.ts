// What one writes in Ansible for the same rules: a file and iptables-restore, iptables_state, a task for each rule.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../../lib/lab/lab';
import { AnsibleFolder } from '../ansible-folder';
import { EMPTY_TABLES, emptyTables, onHost } from '../bench-hosts';
import type { Commands } from '../commands';
import { chainsOf } from '../restore-lines';
import { thereAndBack } from '../rounds';
import type { Steps } from '../rounds';
import type { Size } from '../sizes';
import { LOOPED_RULE, toSingleRule } from '../single-rules';
import type { States } from '../states';

export interface AnsibleSubject {
  readonly commands: Commands;
  readonly lab: Lab;
  readonly states: States;
  /** For its files. */
  readonly folder: string;
}

const RULES = '/etc/bench.rules';
const STATE = '/etc/bench.state';

/** `copy` with `iptables-restore` where the file changed; then `iptables_state` says that nothing would. */
export function ansibleFileSteps(
  { commands, lab, states, folder }: AnsibleSubject,
  { applies }: Size,
): Steps {
  const host = 'ansible';
  const ansible = new AnsibleFolder(commands, lab, {
    ...{ folder, hosts: [host] },
    playbooks: {
      copy: play(host, [
        { 'ansible.builtin.copy': { src: '{{ file }}', dest: RULES, mode: '0600' }, register: 'rules' },
        { 'ansible.builtin.command': `iptables-restore ${RULES}`, when: 'rules is changed' },
      ]),
      save: play(host, [{ 'community.general.iptables_state': { state: 'saved', path: STATE } }]),
      state: play(host, [{ 'community.general.iptables_state': { state: 'restored', path: STATE } }]),
    },
  });
  const files = { before: join(folder, 'before.rules'), after: join(folder, 'after.rules') };
  writeFileSync(files.before, states.before);
  writeFileSync(files.after, states.after);
  const copy = (file: string): Promise<void> =>
    ansible.play({ playbook: 'copy', host, changed: 2, variables: { file } });
  return [
    {
      ...{ subject: 'ansible-copy', operation: 'apply-first' },
      prepare: async () => {
        await emptyTables(lab, host);
        await onHost(lab, host, { argv: ['rm', '-f', RULES, STATE] });
      },
      run: () => copy(files.before),
    },
    ...thereAndBack(applies, (variant) => ({
      ...{ subject: 'ansible-copy', operation: 'apply-one' },
      run: () => copy(files[variant]),
    })),
    {
      ...{ subject: 'iptables_state', operation: 'plan-unchanged' },
      prepare: () => ansible.play({ playbook: 'save', host, changed: 1 }),
      run: () => ansible.play({ playbook: 'state', host, changed: 0, isCheck: true }),
    },
  ];
}

/** `ansible.builtin.iptables` in a loop over the rules of the services; it has no word for a probability, so it is spared them. */
export async function singleRuleSteps({ commands, lab, states, folder }: AnsibleSubject): Promise<Steps> {
  const host = 'rules';
  const chains = chainsOf(states.before);
  const rules = [...chains.values()]
    .flat()
    .map(toSingleRule)
    .filter((rule) => rule !== undefined);
  const ansible = new AnsibleFolder(commands, lab, {
    ...{ folder, hosts: [host] },
    playbooks: { rules: play(host, [{ 'ansible.builtin.iptables': LOOPED_RULE, loop: rules }]) },
  });
  const declared = [...chains.keys()].map((chain) => `:${chain} - [0:0]`);
  await onHost(lab, host, { argv: ['iptables-restore'], stdin: EMPTY_TABLES });
  await onHost(lab, host, {
    argv: ['iptables-restore', '--noflush'],
    stdin: ['*nat', ...declared, 'COMMIT', ''].join('\n'),
  });
  await ansible.play({ playbook: 'rules', host, changed: 1 });
  return [
    {
      ...{ subject: 'builtin.iptables', operation: 'plan-unchanged' },
      run: () => ansible.play({ playbook: 'rules', host, changed: 0, isCheck: true }),
    },
  ];
}

function play(hosts: string, tasks: readonly unknown[]): readonly unknown[] {
  return [{ hosts, gather_facts: false, tasks }];
}
