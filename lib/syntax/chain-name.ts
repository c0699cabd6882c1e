// Reads the name of a chain. Used where a line names the chain that it is about, or one to jump to.
import { CHAIN_NAME_LENGTH } from '../model/iptables';
import { refuse } from './problem';
import { OTHER_EXTENSIONS, TARGETS, VERDICTS } from './vocabulary/targets';

/** The name of a chain. Throws `InvalidInput` for one that the tools refuse or that a shell would read otherwise. */
export function readChainName(name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes > CHAIN_NAME_LENGTH) {
    refuse(
      'long-chain-name',
      `a chain's name has at most ${CHAIN_NAME_LENGTH} characters, got ${bytes}: ${name}`,
      {
        allowed: `1 to ${CHAIN_NAME_LENGTH} characters`,
        fix: 'shorten it',
      },
    );
  }
  if (!/^[A-Za-z0-9_.:+@/][A-Za-z0-9_.:+@/-]*$/.test(name)) {
    refuse('bad-chain-name', `${name === '' ? 'nothing' : name} is no name of a chain`, {
      allowed: 'letters, digits and _ . : + @ / -, not beginning with -',
      fix: 'write another name',
    });
  }
  if (isExtension(name)) {
    refuse('bad-chain-name', `${name} is a target of iptables and cannot be a chain`, {
      fix: 'choose another name',
    });
  }
  return name;
}

function isExtension(name: string): boolean {
  return TARGETS.has(name) || OTHER_EXTENSIONS.has(name) || VERDICTS.some((verdict) => verdict === name);
}
