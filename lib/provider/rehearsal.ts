// A host's validation, refresh and plan without a host: what they compile, the code cache then holds. Run by main.ts at installation.
import type { Engine, HostTarget, Planned, Refreshed } from '../converge/engine';
import type { WaysTo } from '../converge/create-engine';
import type { Host } from '../converge/host';
import { DEFAULT_SCOPE } from '../model/scope';

/** What a gateway usually has. */
const PARTS = {
  '10-forwarding': 'sysctl net.ipv4.ip_forward=1\n',
  '50-web': `iptables -t nat -N GW-WEB
iptables -t nat -I PREROUTING -d 192.0.2.1/32 -p tcp -m comment --comment "web" -m tcp --dport 80 -j GW-WEB
iptables -t nat -A GW-WEB -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.5.75.2:80
iptables -A FORWARD -i eth0 -m conntrack --ctstate NEW -m mark --mark 0x4000/0x4000 -j ACCEPT
iptables -t nat -A POSTROUTING -s 10.5.75.0/24 -o eth0 -j MASQUERADE --random-fully
`,
};

const IPTABLES_SAVE = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:GW-WEB - [0:0]
-A PREROUTING -d 192.0.2.1/32 -p tcp -m comment --comment web -m tcp --dport 80 -m comment --comment "gatewright:default" -j GW-WEB
-A POSTROUTING -s 10.5.75.0/24 -o eth0 -m comment --comment "gatewright:default" -j MASQUERADE --random-fully
-A GW-WEB -p tcp -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.5.75.2:80
COMMIT
*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -i eth0 -m conntrack --ctstate NEW -m mark --mark 0x4000/0x4000 -m comment --comment "gatewright:default" -j ACCEPT
COMMIT
`;

/** Holds what the parts declare, so that there is nothing to change, to prove or to apply. */
const HOST: Host = {
  read: () =>
    Promise.resolve({
      ipv4: IPTABLES_SAVE,
      sysctls: new Map([['net.ipv4.ip_forward', '1']]),
      sections: new Map(),
      missingModules: [],
      hasRecovered: false,
      hasConntrack: true,
    }),
  countConnections: () => Promise.resolve(new Map()),
  prove: () => Promise.reject(new Error('nothing is proved in a rehearsal')),
  transact: () => Promise.reject(new Error('nothing is applied in a rehearsal')),
  answer: () => Promise.reject(new Error('nothing is confirmed in a rehearsal')),
};

const nobody = (): Promise<never> => Promise.reject(new Error('nobody is reached in a rehearsal'));

const TARGET: HostTarget = {
  name: '192.0.2.1:22',
  scope: DEFAULT_SCOPE,
  lockTimeoutSeconds: 0,
  drainTimeoutSeconds: 0,
  confirmTimeoutSeconds: 0,
  open: nobody,
  openFresh: nobody,
};

/** Rejects where a plan of this host would not come out clean. */
export async function rehearse(
  engineOn: (waysTo: WaysTo) => Engine,
): Promise<{ readonly refreshed: Refreshed; readonly planned: Planned }> {
  const engine = engineOn(() => ({ open: () => Promise.resolve(HOST), openFresh: nobody }));
  engine.validate(TARGET.scope, PARTS);
  const refreshed = await engine.refresh(TARGET, { parts: PARTS }, undefined);
  const { state, memory } = refreshed;
  const request = { prior: state, parts: PARTS, unknownParts: [], memory, moved: false };
  return { refreshed, planned: await engine.plan(TARGET, request) };
}
