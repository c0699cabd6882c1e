// Plays the credentials to the host one after the other and remembers what became of each. Used by dial.ts.
import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveCallback, Prompt } from 'ssh2';
import type { Credential, Credentials } from './credentials';

/** A password prompt as PAM and sshd write it; anything else (a code, a new password) is not ours to answer. */
const PASSWORD_PROMPT = /^\s*(?:\S+'s )?password(?: for \S+)?\s*:\s*$/i;

interface Step {
  readonly label: string;
  /** What the host calls it. */
  readonly method: AuthenticationType;
  readonly auth: AnyAuthMethod;
}

/** One login; it cannot be played twice. */
export class Authentication {
  /** True once the host has refused everything. */
  isExhausted = false;
  private readonly steps: Step[];
  private readonly story: string[] = [];
  private accepted: readonly string[] = [];

  constructor(
    user: string,
    private readonly credentials: Credentials,
  ) {
    this.steps = credentials.tries.flatMap((credential) => toSteps(user, credential));
  }

  /** As ssh2 asks it: `null` at first, then the methods that the host would accept; `false` ends the tries. */
  readonly next = (accepted: readonly AuthenticationType[] | null): AnyAuthMethod | false => {
    if (accepted !== null) this.accepted = accepted;
    for (let step = this.steps.shift(); step !== undefined; step = this.steps.shift()) {
      if (accepted === null || accepted.includes(step.method)) {
        this.story.push(step.label);
        return step.auth;
      }
      this.story.push(`${step.label} (not accepted by the host)`);
    }
    this.isExhausted = true;
    return false;
  };

  /** Something that went wrong with the credential under way; the next one follows. */
  note(reason: string): void {
    const last = this.story.pop();
    if (last !== undefined) this.story.push(`${last} (${reason})`);
  }

  /** What was tried, what was left out, what the host would accept. */
  describe(): string {
    return [
      `tried: ${this.story.length === 0 ? 'nothing' : this.story.join(', ')}`,
      ...(this.credentials.skipped.length === 0 ? [] : [`left out: ${this.credentials.skipped.join(', ')}`]),
      ...(this.accepted.length === 0 ? [] : [`the host accepts: ${this.accepted.join(', ')}`]),
    ].join('\n');
  }
}

function toSteps(username: string, credential: Credential): Step[] {
  switch (credential.kind) {
    case 'key': {
      const { label, key } = credential;
      return [{ label, method: 'publickey', auth: { type: 'publickey', username, key } }];
    }
    case 'agent': {
      const { label, socketPath } = credential;
      return [{ label, method: 'publickey', auth: { type: 'agent', username, agent: socketPath } }];
    }
    case 'password': {
      const { label, password } = credential;
      const prompt = answerPrompts(password);
      return [
        { label, method: 'password', auth: { type: 'password', username, password } },
        {
          label: 'keyboard-interactive',
          method: 'keyboard-interactive',
          auth: { type: 'keyboard-interactive', username, prompt },
        },
      ];
    }
  }
}

type Prompter = Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt'];

/** The password goes to a hidden password prompt, once; every other question gets an empty answer. */
export function answerPrompts(password: string): Prompter {
  let isUsed = false;
  return (
    _name: string,
    _text: string,
    _language: string,
    prompts: Prompt[],
    finish: KeyboardInteractiveCallback,
  ) => {
    const answers = prompts.map(({ prompt, echo }) => {
      if (isUsed || echo === true || !PASSWORD_PROMPT.test(prompt)) return '';
      isUsed = true;
      return password;
    });
    finish(answers);
  };
}
