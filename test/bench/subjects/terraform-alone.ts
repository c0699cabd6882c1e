// What Terraform takes without us: with a provider that looks at no host, and with no provider at all.
import { repeated, thereAndBack } from '../rounds';
import type { Step, Steps } from '../rounds';
import { looksAtChange } from '../sizes';
import type { Size } from '../sizes';
import type { Stack } from '../stacks';
import type { TerraformFolder } from '../terraform';

export interface TerraformSubject {
  readonly size: Size;
  readonly stack: Stack;
  readonly terraform: TerraformFolder;
}

/** The empty provider is applied once and for all. */
export function emptySteps({ size, terraform }: TerraformSubject): Steps {
  return repeated(size.looks, {
    ...{ subject: 'empty', operation: 'plan-unchanged' },
    run: () => terraform.planUnchanged(),
  });
}

/** One terraform_data with the same parts: everything but the repair, which it knows nothing of. */
export function floorSteps({ size, stack, terraform }: TerraformSubject): Steps {
  const { hosts, looks, applies } = size;
  const step = (operation: Step['operation'], variant: 'before' | 'after', run: Step['run']): Step => ({
    ...{ subject: 'floor', operation, run },
    prepare: () => {
      stack.use(variant);
      return Promise.resolve();
    },
  });
  return [
    step('apply-first', 'before', () => terraform.apply({ added: hosts, changed: 0 })),
    ...repeated(
      looks,
      step('plan-unchanged', 'before', () => terraform.planUnchanged()),
    ),
    ...repeated(
      looksAtChange(size),
      step('plan-one', 'after', () => terraform.planChanged(hosts)),
    ),
    ...thereAndBack(applies, (variant) =>
      step('apply-one', variant, () => terraform.apply({ added: 0, changed: hosts })),
    ),
    step('destroy', 'after', () => terraform.destroy(hosts)),
  ];
}
