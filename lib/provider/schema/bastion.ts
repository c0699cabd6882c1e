// The attributes of `bastion`, the same in the provider block and in the resource.
import { type AttributeValues, nested } from '../protocol/attributes';
import { number, string } from '../protocol/wire-type';

const BASTION = {
  address: { mode: 'required', type: string, description: 'Name or IP address of the host to go through.' },
  port: { mode: 'optional', type: number, description: 'Its SSH port. Default: `22`.' },
  user: { mode: 'optional', type: string, description: 'Its user. Default: the user of the host behind it.' },
  private_key_path: {
    mode: 'optional',
    type: string,
    description: 'Private key for it alone. Default: the keys of the host behind it.',
  },
  host_key: {
    mode: 'optional',
    type: string,
    description:
      'Its public host key, as in `known_hosts` without the names: `ssh-ed25519 AAAA…`. ' +
      'Default: what `known_hosts` says.',
  },
} as const;

/** Its attributes as they were given. */
export type Bastion = AttributeValues<typeof BASTION>;

/** Not a block: `bastion = { … }`. */
export const bastion = nested(BASTION);
