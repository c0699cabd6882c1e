// Who takes part in the timed rounds of a size, each with stacks and hosts of its own. Used by measure-size.ts.
import { join } from 'node:path';
import { tracingEnvironment } from '../counted-cycle';
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
import { rawLooks, rawManyLooks, rawRuleSteps, rawSetSteps } from './raw';
import { emptySteps, floorSteps } from './terraform-alone';

export interface Measured {
  readonly size: Size;
  readonly states: States;
  /** Where Terraform logs what the provider says of itself. */
  readonly logPath: string;
}

/** Gives those of a round, counted from 1. */
export async function contestantsOf(
  workplace: Workplace,
  { size, states, logPath }: Measured,
): Promise<(round: number) => Steps[]> {
  const { commands, lab } = workplace;
  const folder = join(workplace.folder, size.name);
  const hosts = hostsOf(size);
  const source = sourceOf(workplace, size);
  const stack = await makeStack(commands, source, join(folder, 'timed'));
  const terraform = new TerraformFolder(commands, stack.folder, tracingEnvironment(logPath));
  await terraform.init();
  const steps = gatewrightSteps({
    ...{ lab, size, hosts, stack, terraform },
    applied: () => Promise.resolve(),
  });
  let syntheses = 0;
  const newFolder = (): string => join(folder, `synthesis-${++syntheses}`);
  const every = [
    synthesisSteps(commands, source, newFolder),
    // The hosts have the rules as long as nothing has changed.
    withLooks(
      steps,
      hosts.length === 1
        ? rawLooks({ commands, lab, states }, { ...size, hosts })
        : rawManyLooks({ commands, lab, hosts }),
    ),
    ...(await terraformAlone(workplace, { size, stack, folder })),
    ...besides(workplace, { size, states }),
  ];
  const { singleRuleRounds } = workplace.extent;
  if (size.name !== '10x2' || singleRuleRounds === 0) return () => every;
  const few = await singleRuleSteps({ commands, lab, states, folder: join(folder, 'rules') });
  return (round) => (round <= singleRuleRounds ? [...every, few] : every);
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
function besides({ commands, lab, folder }: Workplace, { size, states }: Omit<Measured, 'logPath'>): Steps[] {
  if (size.hosts > 1) return [];
  const subject = { commands, lab, states };
  if (size.members > 0) return [rawSetSteps(subject)];
  return [
    rawRuleSteps(subject, size),
    ansibleFileSteps({ ...subject, folder: join(folder, size.name, 'ansible') }, size),
  ];
}

function withLooks(steps: Steps, looks: Steps): Steps {
  return steps.flatMap((step) => (step.operation === 'plan-unchanged' ? [step, ...looks] : [step]));
}
