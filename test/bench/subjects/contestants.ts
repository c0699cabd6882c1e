// Who takes part in the timed rounds of a size, each with stacks and hosts of its own. Used by measure-size.ts.
import { join } from 'node:path';
import type { Workplace } from '../measure-size';
import { hostsOf, sourceOf } from '../measure-size';
import type { Steps } from '../rounds';
import type { Size } from '../sizes';
import type { Stack } from '../stacks';
import { floorStack, makeStack, withProvider } from '../stacks';
import type { States } from '../states';
import { TerraformFolder } from '../terraform';
import { ansibleFileSteps, singleRuleSteps } from './ansible';
import { gatewrightSteps, synthesisSteps } from './gatewright';
import { rawManySteps, rawRuleSteps, rawSetSteps } from './raw';
import { emptySteps, floorSteps } from './terraform-alone';

export interface Measured {
  readonly size: Size;
  readonly states: States;
}

export async function contestantsOf(workplace: Workplace, { size, states }: Measured): Promise<Steps[]> {
  const { commands, lab } = workplace;
  const folder = join(workplace.folder, size.name);
  const hosts = hostsOf(size);
  const source = sourceOf(workplace, size);
  const stack = await makeStack(commands, source, join(folder, 'timed'));
  const terraform = new TerraformFolder(commands, stack.folder);
  await terraform.init();
  const steps = gatewrightSteps({
    ...{ lab, size, hosts, stack, terraform, applies: 1 },
    applied: () => Promise.resolve(),
  });
  let syntheses = 0;
  const newFolder = (): string => join(folder, `synthesis-${++syntheses}`);
  return [
    synthesisSteps(commands, source, newFolder),
    // All hosts have the rules as long as nothing has changed.
    hosts.length === 1 ? steps : withSaves(steps, rawManySteps({ commands, lab, hosts })),
    ...(await terraformAlone(workplace, { size, stack, folder })),
    ...(await besides(workplace, { size, states })),
  ];
}

async function terraformAlone(
  { commands, emptyBuild }: Workplace,
  { size, stack, folder }: { readonly size: Size; readonly stack: Stack; readonly folder: string },
): Promise<Steps[]> {
  const empty = withProvider(stack, size, join(folder, 'empty'), emptyBuild);
  const floor = floorStack(stack, size, join(folder, 'floor'));
  const terraformOf = async ({ folder: own }: Stack): Promise<TerraformFolder> => {
    const terraform = new TerraformFolder(commands, own);
    await terraform.init();
    return terraform;
  };
  const emptyTerraform = await terraformOf(empty);
  await emptyTerraform.apply({ added: size.hosts, changed: 0 });
  return [
    emptySteps({ size, stack: empty, terraform: emptyTerraform }),
    floorSteps({ size, stack: floor, terraform: await terraformOf(floor) }),
  ];
}

/** Those who know nothing of Terraform. */
async function besides(workplace: Workplace, { size, states }: Measured): Promise<Steps[]> {
  const { commands, lab, extent } = workplace;
  if (size.hosts > 1) return [];
  if (size.members > 0) return [rawSetSteps({ commands, lab, states })];
  const place = (name: string): string => join(workplace.folder, size.name, name);
  const subject = { commands, lab, states };
  const few = extent.withSingleRules && size.name === '10x2';
  return [
    rawRuleSteps(subject),
    ansibleFileSteps({ ...subject, folder: place('ansible') }),
    ...(few ? [await singleRuleSteps({ ...subject, folder: place('rules') })] : []),
  ];
}

function withSaves(steps: Steps, saves: Steps): Steps {
  return steps.flatMap((step) => (step.operation === 'plan-unchanged' ? [step, ...saves] : [step]));
}
