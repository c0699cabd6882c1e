// IPVS of the host in memory keeps the contract, so that what is proved on it holds on a real one.
import type { IpvsSubject } from '../contract/ipvs-contract';
import { ipvsContract } from '../contract/ipvs-contract';
import { FakeHost } from './fake-host';

let host = newHost();

const subject: IpvsSubject = {
  get host() {
    return host;
  },
  async hand(text) {
    await Promise.resolve();
    host.subsystems.ipvs.run(text);
  },
  async reset() {
    await Promise.resolve();
    host = newHost();
  },
};

ipvsContract(() => subject);

function newHost(): FakeHost {
  const made = new FakeHost();
  made.missingModules.add('ip_vs_twos');
  return made;
}
