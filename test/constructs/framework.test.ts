// The framework: an app whose stack is of another one is told so at once, not by a crash in the middle of synthesis.
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { GatewrightProvider } from '../../lib/index';
import { lines, newApp, newHost, newStack, refusal } from './stacks';

/** A stack whose class asks more of elements than ours can answer, as that of cdktn 0.24 does. */
function foreignStack(): TerraformStack {
  class ForeignStack extends Construct {}
  Object.defineProperties(ForeignStack.prototype, {
    ...Object.getOwnPropertyDescriptors(TerraformStack.prototype),
    _runPreparingResolve: { value: () => undefined },
  });
  const stack = newStack();
  Object.setPrototypeOf(stack, ForeignStack.prototype);
  return stack;
}

test.each([
  ['a provider', (stack: TerraformStack) => new GatewrightProvider(stack, 'gatewright')],
  ['a host', (stack: TerraformStack) => newHost(stack)],
])('%s in a stack of another framework is refused', (_what, declare) => {
  expect(refusal(() => declare(foreignStack()))).toBe(
    lines(
      'the stack comes from another framework, or another version of it, than the one Gatewright builds on',
      'at: lab',
      'given: a TerraformStack with _runPreparingResolve',
      'allowed: App and TerraformStack of the package cdktf that Gatewright finds',
      "to do: import { App, TerraformStack } from 'cdktf', and see with `npm ls cdktf cdktn` that there is one of them",
    ),
  );
});

test('what a user adds to a stack of his own is no other framework', () => {
  class SiteStack extends TerraformStack {
    override prepareStack(): void {
      super.prepareStack();
    }
    site(): string {
      return this.node.id;
    }
  }
  expect(newHost(new SiteStack(newApp(), 'site')).node.path).toBe('site/cloudos1');
});
