// How a transaction of the host in memory waits for its word, and what is remembered of how it ended. Used by fake-host.ts.
import type { Answer, Confirmation, Outcome, Standing, Transaction } from '../../lib/converge/host';

export class FakeConfirmation {
  private waiting: { readonly confirm: Confirmation; readonly hear: (answer: Answer) => void } | undefined;
  private last: { readonly id: string; readonly standing: Standing } | undefined;
  private readonly enders = new Set<() => void>();

  /** Why it must not be kept, if so. */
  async await({ confirm, steps }: Transaction, onVerified?: () => void): Promise<string | undefined> {
    if (confirm === undefined || steps.length === 0) return undefined;
    const refusal = await new Promise<string | undefined>((resolve) => {
      const limit = setTimeout(() => {
        resolve(`nobody confirmed it over a new SSH connection within ${confirm.timeoutSeconds} s`);
      }, confirm.timeoutSeconds * 1000);
      const hear = (answer: Answer): void => {
        if (answer.kind === 'confirm' && answer.secret !== confirm.secret) return;
        clearTimeout(limit);
        resolve(answer.kind === 'roll-back' ? answer.reason : undefined);
      };
      this.waiting = { confirm, hear };
      onVerified?.();
    });
    this.waiting = undefined;
    return refusal;
  }

  end(id: string | undefined, outcome: Outcome): void {
    if (id === undefined) return;
    this.last = { id, standing: standingOf(outcome) };
    for (const tell of this.enders) tell();
    this.enders.clear();
  }

  async answer(answer: Answer): Promise<Standing> {
    if (this.waiting?.confirm.id === answer.id) {
      if (answer.kind === 'ask') return 'waiting';
      const ended = new Promise<void>((resolve) => this.enders.add(resolve));
      this.waiting.hear(answer);
      await ended;
    }
    return this.last?.id === answer.id ? this.last.standing : 'unknown';
  }
}

function standingOf(outcome: Outcome): Standing {
  if (outcome.kind === 'kept') return 'kept';
  return outcome.undone ? 'undone' : 'undo-failed';
}
