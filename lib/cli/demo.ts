// `npm run demo`: brings up a lab of two hosts and walks through plan, deploy, drift, repair, change and destroy, checking every step.
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { labDown } from '../lab/down';
import { LabError } from '../lab/errors';
import type { Lab } from '../lab/lab';
import { readLabFile } from '../lab/read-spec';
import { bringUp } from '../lab/up';
import { findTerraform } from './demo/cdktf';
import { DemoFailed, Narrator } from './demo/narrator';
import { tellStory } from './demo/story';

const FOLDER = resolve(__dirname, '..', '..');
const LAB_FILE = join(FOLDER, 'examples', 'cluster-ip', 'lab.json');
/** Where cdktf keeps the state of the example's stack; Terraform keeps the one before it beside. */
const STATE_FILE = join(FOLDER, 'terraform.cluster-ip.tfstate');

const command = new Command('npm run demo --')
  .description(
    'Two hosts and their pods in network namespaces of this machine; Gatewright makes two services on them.\n' +
      'Needs root (network namespaces) and Terraform on the PATH. Leaves nothing behind, unless --keep is given.',
  )
  .option('--keep', 'leave the lab up at the end, and say what to try next')
  .action(async ({ keep }: { keep?: boolean }) => {
    process.exitCode = await demo(keep === true);
  });

async function demo(keep: boolean): Promise<number> {
  const tell = new Narrator((text) => process.stdout.write(text));
  let lab: Lab | undefined;
  // Ctrl-C also reaches cdktf, whose end ends the story; the lab is then taken down as always.
  process.on('SIGINT', () => undefined);
  try {
    requireTerraform();
    requireNoState();
    tell.title('A lab: cloudos1, cloudos2, four pods and a client');
    lab = await bringUp(readLabFile(LAB_FILE), join(FOLDER, '.lab'), {
      onProgress: (line) => {
        tell.say(line);
      },
    });
    tell.check(
      'every host answers',
      Object.keys(lab.hosts).every((name) => lab?.isHostUp(name)),
    );
    await tellStory(lab, tell, FOLDER);
    process.stdout.write(`\n${pc.bold('All of it held.')}\n`);
    if (keep) process.stdout.write(WHAT_NEXT);
    return 0;
  } catch (error) {
    process.stderr.write(`\n${pc.red(explain(error))}\n`);
    return 1;
  } finally {
    if (lab !== undefined && !keep) {
      await labDown(lab.dir);
      for (const file of [STATE_FILE, `${STATE_FILE}.backup`]) rmSync(file, { force: true });
    }
  }
}

function requireTerraform(): void {
  if (findTerraform() !== undefined) return;
  throw new DemoFailed(
    'Terraform is not on the PATH: cdktf runs it\n' +
      'to do: install Terraform 1.5 or later (developer.hashicorp.com/terraform/install) or OpenTofu,\n' +
      '       or name the program by TERRAFORM_BINARY_NAME=/path/to/it',
  );
}

/** A state of the example means that somebody works with it: the demo would mix in. */
function requireNoState(): void {
  if (!existsSync(STATE_FILE)) return;
  throw new DemoFailed(
    `${STATE_FILE} is there: the example is deployed, or a demo was cut off\n` +
      'to do: npx cdktf destroy, or remove that file and the lab (npm run lab -- down), then again',
  );
}

const WHAT_NEXT = `
The lab is still up. To try next:
  npx cdktf deploy                                    make the hosts so again
  npm run lab -- exec client -- curl -s 192.168.1.6:34211
  npm run lab -- ssh cloudos1                         change something by hand, then: npx cdktf diff
  npx cdktf destroy && npm run lab -- down            when you have seen enough
`;

function explain(error: unknown): string {
  if (error instanceof LabError)
    return error.fix === undefined ? error.message : `${error.message}\nto do: ${error.fix}`;
  if (error instanceof DemoFailed) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

command.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
