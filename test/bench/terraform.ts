// One folder of Terraform's, and what is done with it; each step checks that Terraform did what is being measured.
import type { Commands } from './commands';
import { tail } from './commands';

const PLAIN = ['-input=false', '-no-color'];

/** How many resources of a folder an apply adds and changes. */
export interface Count {
  readonly added: number;
  readonly changed: number;
}

export class TerraformFolder {
  constructor(
    private readonly commands: Commands,
    readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv = {},
  ) {}

  async init(): Promise<void> {
    await this.#say('has been successfully initialized', 'init', ...PLAIN);
  }

  async planUnchanged(): Promise<void> {
    await this.#say('No changes.', 'plan', ...PLAIN);
  }

  async planChanged(changed: number): Promise<void> {
    await this.#say(`Plan: 0 to add, ${changed} to change, 0 to destroy.`, 'plan', ...PLAIN);
  }

  async apply({ added, changed }: Count): Promise<void> {
    const done = `Apply complete! Resources: ${added} added, ${changed} changed, 0 destroyed.`;
    await this.#say(done, 'apply', '-auto-approve', ...PLAIN);
  }

  async destroy(destroyed: number): Promise<void> {
    const done = `Destroy complete! Resources: ${destroyed} destroyed.`;
    await this.#say(done, 'destroy', '-auto-approve', ...PLAIN);
  }

  async #say(expected: string, ...words: readonly string[]): Promise<void> {
    // Not by -chdir: Terraform looks for terraform.d in the folder that it was started in.
    const program = process.env['TERRAFORM_BINARY_NAME'] ?? 'terraform';
    const { folder, environment } = this;
    const { stdout } = await this.commands.must([program, ...words], { folder, environment });
    if (stdout.includes(expected)) return;
    throw new Error(`terraform ${words.join(' ')} did not say ${JSON.stringify(expected)}:\n${tail(stdout)}`);
  }
}
