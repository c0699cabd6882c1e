// Links, addresses, routes and rules of the host in memory keep the contract, so that what is proved on it holds on a real one.
import type { IpSubject } from '../contract/ip-contract';
import { ipContract } from '../contract/ip-contract';
import { FakeHost } from './fake-host';

let host = new FakeHost();

const subject: IpSubject = {
  get host() {
    return host;
  },
  async hand(...lines) {
    await Promise.resolve();
    host.subsystems.ip.run(lines.map((line) => `${line}\n`).join(''));
  },
  async reset() {
    await Promise.resolve();
    host = new FakeHost();
  },
};

ipContract(() => subject);
