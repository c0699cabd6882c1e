// How an example reaches the hosts of its lab: what `npm run lab -- up` wrote into .lab/lab.json. Used by every main.ts here.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** As the lab writes it down for each host that has an SSH server. */
interface LabHost {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly hostKey: string;
}

/** Props of `GatewrightProvider`: root, by the lab's own key. */
export type Login = Pick<LabHost, 'user' | 'privateKeyPath'> & { readonly agent: false };

/** Props of `Host`. */
export type Reach = Pick<LabHost, 'address' | 'port' | 'hostKey'>;

/** The lab that is up in `.lab`, or in the folder that GATEWRIGHT_LAB names. */
export class LabInventory {
  /** `example`: the folder here whose lab.json it was brought up from; errors name it. */
  constructor(private readonly example: string) {}

  /** How to log in, on each host alike; `name` is any of them. */
  login(name: string): Login {
    const { user, privateKeyPath } = this.#read(name);
    return { user, privateKeyPath, agent: false };
  }

  /** The way to a host. Throws with what to do where no lab is up, or another one. */
  reach(name: string): Reach {
    const { address, port, hostKey } = this.#read(name);
    return { address, port, hostKey };
  }

  #read(name: string): LabHost {
    const path = join(resolve(process.env['GATEWRIGHT_LAB'] ?? '.lab'), 'lab.json');
    const up = `npm run lab -- up examples/${this.example}/lab.json`;
    if (!existsSync(path)) throw new Error(`${path} is not there: no lab is up\nto do: ${up}`);
    const host = field(field(JSON.parse(readFileSync(path, 'utf8')), 'hosts'), name);
    if (isLabHost(host)) return host;
    throw new Error(`${path} has no host ${name}: another lab is up\nto do: npm run lab -- down, then ${up}`);
  }
}

/** What lies under a key of something read from JSON; undefined where nothing does. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function isLabHost(value: unknown): value is LabHost {
  const texts = ['address', 'user', 'privateKeyPath', 'hostKey'];
  return (
    texts.every((key) => typeof field(value, key) === 'string') && typeof field(value, 'port') === 'number'
  );
}
