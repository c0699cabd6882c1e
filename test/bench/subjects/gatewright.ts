// Gatewright's own steps: from nothing to a stack applied, one thing changed, one rule repaired, and nothing again.
import type { Lab } from '../../../lib/lab/lab';
import { onHost } from '../bench-hosts';
import type { Commands } from '../commands';
import { repeated, thereAndBack } from '../rounds';
import type { Step, Steps } from '../rounds';
import { looksAtChange } from '../sizes';
import type { Size } from '../sizes';
import type { Stack, StackSource, Variant } from '../stacks';
import { synthesise } from '../stacks';
import type { TerraformFolder } from '../terraform';

export interface GatewrightSubject {
  readonly lab: Lab;
  readonly size: Size;
  /** Of the lab; the first is the one of which a rule gets lost. */
  readonly hosts: readonly string[];
  readonly stack: Stack;
  readonly terraform: TerraformFolder;
  /** Told when a variant is applied everywhere, and before it is taken away. */
  readonly applied: (variant: Variant) => Promise<void>;
}

export function gatewrightSteps(subject: GatewrightSubject): Steps {
  const { size, stack, terraform, applied } = subject;
  const { looks, applies } = size;
  const use = (variant: Variant) => (): Promise<void> => {
    stack.use(variant);
    return Promise.resolve();
  };
  const step = (operation: Step['operation'], prepare: () => Promise<void>, run: Step['run']): Step => ({
    ...{ subject: 'gatewright', operation, prepare, run },
  });
  const loseRule = async (): Promise<void> => {
    await applied('after');
    await loseOne(subject);
  };
  const look = step(
    'plan-unchanged',
    () => applied('before'),
    () => terraform.planUnchanged(),
  );
  return [
    step('apply-first', use('before'), () => terraform.apply({ added: size.hosts, changed: 0 })),
    ...repeated(looks, look),
    ...repeated(
      looksAtChange(size),
      step('plan-one', use('after'), () => terraform.planChanged(size.hosts)),
    ),
    ...thereAndBack(applies, (variant) =>
      step('apply-one', use(variant), () => terraform.apply({ added: 0, changed: size.hosts })),
    ),
    step('repair-one', loseRule, () => terraform.apply({ added: 0, changed: 1 })),
    step('destroy', use('after'), () => terraform.destroy(size.hosts)),
  ];
}

/** Synthesis, each time in a folder of its own. */
export function synthesisSteps(commands: Commands, source: StackSource, folderOf: () => string): Steps {
  let folder = '';
  return [
    {
      ...{ subject: 'gatewright', operation: 'synth' },
      prepare: () => {
        folder = folderOf();
        return Promise.resolve();
      },
      run: () => synthesise(commands, source, { folder, variant: 'before' }),
    },
  ];
}

async function loseOne({ lab, size, hosts: [host = ''] }: GatewrightSubject): Promise<void> {
  const argv =
    size.members > 0
      ? ['ipset', 'del', 'GW-BENCH', '172.0.0.0']
      : ['iptables', '-w', '-t', 'nat', '-D', 'GW-SERVICES', '1'];
  await onHost(lab, host, { argv });
}
