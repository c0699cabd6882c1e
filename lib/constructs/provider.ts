// The construct GatewrightProvider: how to reach hosts; it also puts the provider itself beside each stack at synthesis.
import type { Construct } from 'constructs';
import { PROVIDER_SOURCE, PROVIDER_VERSION, installProvider } from '../install/provider';
import type { Check } from './checks';
import { checkPattern, checkPropNames, checkWholeNumber, ifKnown, refuseAt } from './checks';
import { ProviderBinding, otherProvidersOf, ourProvidersOf, whenSynthesized } from './framework';
import type { Bastion } from './reach';
import { checkReach, toBastionAttribute } from './reach';

/** How hosts are reached, unless a host says otherwise. */
export interface GatewrightProviderProps {
  /**
   * The user to log in as.
   * @default root
   */
  readonly user?: string;
  /**
   * The SSH port.
   * @default 22
   */
  readonly port?: number;
  /**
   * A file with a private key.
   * @default - the SSH agent, then the usual keys in ~/.ssh
   */
  readonly privateKeyPath?: string;
  /**
   * A private key itself. A literal lands in the stack's cdk.tf.json: better give it by the environment variable
   * GATEWRIGHT_PRIVATE_KEY when Terraform runs.
   * @default - GATEWRIGHT_PRIVATE_KEY, if it is set
   */
  readonly privateKey?: string;
  /**
   * The user's password. A literal lands in the stack's cdk.tf.json: better give it by the environment variable
   * GATEWRIGHT_PASSWORD when Terraform runs.
   * @default - GATEWRIGHT_PASSWORD, if it is set
   */
  readonly password?: string;
  /**
   * The path of an SSH agent's socket; `false`: no agent is asked.
   * @default - SSH_AUTH_SOCK
   */
  readonly agent?: string | false;
  /**
   * A file with known host keys.
   * @default - ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts
   */
  readonly knownHostsPath?: string;
  /**
   * Become root by sudo(8).
   * @default - true unless the user is root
   */
  readonly sudo?: boolean;
  /**
   * What sudo asks for. A literal lands in the stack's cdk.tf.json: better give it by the environment variable
   * GATEWRIGHT_SUDO_PASSWORD when Terraform runs.
   * @default - GATEWRIGHT_SUDO_PASSWORD, if it is set; else sudo must not ask
   */
  readonly sudoPassword?: string;
  /**
   * A host to go through.
   * @default - hosts are reached directly
   */
  readonly bastion?: Bastion;
  /**
   * Seconds to wait for a connection.
   * @default 15
   */
  readonly connectTimeoutSeconds?: number;
  /**
   * Tells several providers of one stack apart; hosts then name theirs by their prop `provider`.
   * @default - this is the stack's provider for all hosts that name none
   */
  readonly alias?: string;
}

const PROPS: Readonly<Record<keyof GatewrightProviderProps, true>> = {
  user: true,
  port: true,
  privateKeyPath: true,
  privateKey: true,
  password: true,
  agent: true,
  knownHostsPath: true,
  sudo: true,
  sudoPassword: true,
  bastion: true,
  connectTimeoutSeconds: true,
  alias: true,
};

const ALIAS = {
  pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  allowed: 'a letter or _ first, then letters, digits, _ and -',
};

/**
 * The Terraform provider of a stack. At synthesis it writes the provider's program and its entry in `.terraform.lock.hcl`
 * into the stack's folder, so that `cdktf deploy` needs no registry and no configuration.
 */
export class GatewrightProvider extends ProviderBinding {
  constructor(scope: Construct, id: string, props: GatewrightProviderProps = {}) {
    super(scope, id, {
      alias: props.alias,
      source: PROVIDER_SOURCE,
      version: PROVIDER_VERSION,
      attributes: toAttributes(props),
    });
    refuseAt(this, [
      checkPropNames(props, PROPS),
      ...checkReach(props),
      ifKnown(props.connectTimeoutSeconds, (seconds) =>
        checkWholeNumber('connectTimeoutSeconds', seconds, [1, 600]),
      ),
      ifKnown(props.alias, (alias) => checkPattern('alias', alias, ALIAS)),
      this.#checkIsOnlyOne(),
    ]);
    if (ourProvidersOf(this).length > 1) return;
    whenSynthesized(this, (folder) => {
      installProvider(folder, { otherProviders: otherProvidersOf(this) });
    });
  }

  #checkIsOnlyOne(): Check {
    const twin = ourProvidersOf(this).find((other) => other !== this && other.alias === this.alias);
    if (twin === undefined) return undefined;
    return {
      code: 'declared-twice',
      what: 'the stack has another GatewrightProvider of the same alias',
      given: `alias ${this.alias ?? '(none)'}, also by ${twin.node.path}`,
      allowed: 'one provider without alias, and any number with an alias of their own',
      fix: 'give this one an alias, and name it in the prop `provider` of its hosts',
    };
  }
}

function toAttributes(props: GatewrightProviderProps) {
  return {
    user: props.user,
    port: props.port,
    private_key_path: props.privateKeyPath,
    private_key: props.privateKey,
    password: props.password,
    agent: props.agent === false ? '' : props.agent,
    known_hosts_path: props.knownHostsPath,
    sudo: props.sudo,
    sudo_password: props.sudoPassword,
    bastion: toBastionAttribute(props.bastion),
    connect_timeout_seconds: props.connectTimeoutSeconds,
  };
}
