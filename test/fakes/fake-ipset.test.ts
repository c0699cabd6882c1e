// The host in memory keeps the contract about sets.
import type { IpsetSubject } from '../contract/ipset-contract';
import { ipsetContract } from '../contract/ipset-contract';
import { FakeHost } from './fake-host';

let host = new FakeHost();

const subject: IpsetSubject = {
  get host() {
    return host;
  },
  hand(text) {
    host.subsystems.ipset.run(text);
    return Promise.resolve();
  },
  reset() {
    host = new FakeHost();
    return Promise.resolve();
  },
};

ipsetContract(() => subject);
