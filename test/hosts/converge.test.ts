// Convergence on real hosts over SSH, with iptables-nft and iptables-legacy: plan, apply, drift, destroy, and what a host may lack.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEngine } from '../../lib/converge/create-engine';
import type { Engine } from '../../lib/converge/engine';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import { LabSubject } from '../contract/lab-subject';
import { stateOf } from '../contract/subject';
import { errorOf, NEVER, PARTS } from '../converge/scenario';
import { LabScenario } from './fixtures/lab-scenario';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-converge-'));
const links = { eth0: { network: 'lan' } };
let lab: Lab;

beforeAll(async () => {
  lab = await labUp(
    {
      hosts: {
        nft: { kind: 'namespace', iptables: 'nft', links },
        legacy: { kind: 'namespace', iptables: 'legacy', links },
        bare: { kind: 'namespace', without: ['iptables'], links },
      },
    },
    join(folder, 'lab'),
  );
});

afterAll(async () => {
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

describe.each(['nft', 'legacy'])('on a host with iptables-%s', (name) => {
  let subject: LabSubject;
  let scenario: LabScenario;

  beforeAll(async () => {
    subject = await LabSubject.open(lab, name);
  });

  beforeEach(async () => {
    await subject.reset();
    scenario = new LabScenario(lab, name);
  });

  afterAll(() => {
    subject.close();
  });

  test('parts are applied, read back as written, repaired after drift and removed to what was there', async () => {
    await subject.hand('*nat\n-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE\nCOMMIT\n');
    const before = await stateOf(subject);
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(await scenario.wording(PARTS)).toBe('prior');
    expect(await subject.readSysctl('net.ipv4.ip_forward')).toBe('1');
    await subject.hand(
      '*nat\n-D GW-SVC-WEB -j GW-SEP-B\n-A GW-SEP-A -j RETURN\n-I POSTROUTING 1 -s 10.9.0.0/16 -j ACCEPT\nCOMMIT\n',
    );
    expect(await scenario.refresh()).toEqual({
      ...PARTS,
      '50-service web': PARTS['50-service web']?.replace('iptables -t nat -A GW-SVC-WEB -j GW-SEP-B\n', ''),
      '~unexpected': 'iptables -t nat -A GW-SEP-A -j RETURN\n',
    });
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
    await subject.hand('*nat\n-D POSTROUTING -s 10.9.0.0/16 -j ACCEPT\nCOMMIT\n');
    expect(await stateOf(subject)).toEqual(before);
    expect(await subject.runFiles()).toEqual(['lock']);
  });

  test.each([
    ['-m time --timestart 09:00 --timestop 17:00'],
    ['-m string --algo bm --string foo'],
    ['-m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-name a'],
    ['-m u32 --u32 0&0xFF=1'],
  ])('%s is applied and means the same however the host words it', async (words) => {
    const parts = {
      a: `iptables -t mangle -A GW-A ${words} -j RETURN\niptables -t mangle -A PREROUTING ${words} -j GW-A`.replaceAll(
        '&',
        '\\&',
      ),
    };
    await scenario.apply(parts);
    expect(await scenario.refresh()).toEqual(parts);
    expect(await scenario.wording(parts)).toBe('prior');
    await scenario.destroy();
    expect(await subject.save()).not.toContain('-A ');
  });

  test('a plan changes nothing: rules, sysctls, /etc and /var/lib are compared', async () => {
    await scenario.apply(PARTS);
    await subject.hand('*nat\n-A GW-SEP-A -j RETURN\nCOMMIT\n');
    const before = await everything(subject);
    await scenario.refresh();
    expect(await scenario.wording(PARTS)).toBe('declared');
    await scenario.wording({ ...PARTS, more: 'iptables -A INPUT -s 203.0.113.9 -j DROP' });
    await errorOf(scenario.plan({ ...PARTS, more: 'iptables -A INPUT -m nosuch -j DROP' }));
    await scenario.engine.planDestroy(scenario.target, { parts: PARTS }, undefined);
    await scenario.engine.import(scenario.target);
    expect(await everything(subject)).toBe(before);
    expect(await subject.runFiles()).toEqual(['lock']);
  });

  test('a refused rule is named by part and line, also where the tools name none', async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `iptables -t nat -A GW-A -s 10.0.0.${n} -j RETURN`);
    // The kernel, not the tool, knows that a loop leads back.
    lines[20] = 'iptables -t nat -A GW-A -j GW-B\niptables -t nat -A GW-B -j GW-A';
    const parts = { a: 'iptables -t nat -A OUTPUT -j GW-A', b: lines.join('\n') };
    const error = await errorOf(scenario.plan(parts));
    expect(error).toMatchObject({
      problems: [{ code: 'refused-by-host', at: expect.any(String) as string }],
    });
    const words = await errorOf(
      scenario.plan({ ...parts, b: lines.slice(0, 5).join('\n') + '\niptables -t nat -A GW-A -m nosuch' }),
    );
    expect(words).toMatchObject({ problems: [{ at: 'part "b", line 6' }] });
  });

  test('a rule that names a set of others is proved with it', async () => {
    await subject.exec(['sh', '-c', 'ipset create others hash:ip && ipset add others 192.0.2.1']);
    const parts = { a: 'iptables -A INPUT -m set --match-set others src -j DROP' };
    try {
      await scenario.apply(parts);
      expect(await scenario.refresh()).toEqual(parts);
      const missing = { a: parts.a.replace('others', 'nosuch') };
      expect(await errorOf(scenario.plan(missing))).toMatchObject({
        problems: [{ code: 'unknown-set', at: 'part "a", line 1' }],
      });
      await scenario.destroy();
    } finally {
      await subject.reset();
      await subject.exec(['ipset', 'destroy', 'others']);
    }
  });

  test.each([1, 2, 3])('call %d of iptables-restore fails: all is undone, byte for byte', async (call) => {
    const more = { ...PARTS, more: 'iptables -A INPUT -s 203.0.113.9 -j DROP\niptables -t mangle -N GW-M' };
    await scenario.apply(more);
    await scenario.refresh();
    const before = await bytesOf(subject);
    await subject.exec(['rm', '-f', '/tmp/traps/count']);
    await subject.failAtStep(call);
    const other = {
      ...more,
      '50-service web': 'iptables -t nat -A GW-SERVICES -j RETURN',
      more: 'iptables -A INPUT -s 203.0.113.8 -j DROP\niptables -t mangle -A GW-M -j RETURN',
    };
    const error = await errorOf(scenario.apply(other));
    expect(error).toMatchObject({ name: 'ApplyFailed', undone: true });
    expect(await bytesOf(subject)).toBe(before);
    await scenario.refresh();
    await scenario.apply(other);
    expect(await scenario.refresh()).toEqual(other);
  });
});

/** What iptables-save prints but for counters, times and the order of chains that nothing refers to. */
async function bytesOf(subject: LabSubject): Promise<string> {
  const lines = (await subject.save()).split('\n').filter((line) => !line.startsWith('#'));
  const plain = lines.map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
  return JSON.stringify([
    plain.filter((line) => !line.startsWith(':')),
    plain.filter((line) => line.startsWith(':')).sort(),
    await subject.stateFiles(),
  ]);
}

async function everything(subject: LabSubject): Promise<string> {
  const files =
    'find /etc /var/lib -xdev \\( -type f -o -type l \\) -exec ls -l --time-style=full-iso {} + | sort; find /etc /var/lib -xdev -type f -exec sha256sum {} + | sort';
  return subject.exec([
    'sh',
    '-c',
    `iptables-save | grep -v '^#' | sed 's/ \\[.*\\]$//'; sysctl -a 2> /dev/null | grep -v -e random -e dentry -e 'fs\\.' -e nf_conntrack_count -e kernel; ${files}`,
  ]);
}

test('a host without iptables is refused with the package that it lacks', async () => {
  const scenario = new LabScenario(lab, 'bare');
  const engine: Engine = createEngine();
  const refusal = {
    code: 'tool-missing',
    message: expect.stringContaining('the host has no iptables-save') as string,
    fix: 'install it there (Debian: the package iptables)',
  };
  expect(await errorOf(engine.refresh(scenario.target, { parts: {} }, undefined))).toMatchObject(refusal);
  expect(await errorOf(scenario.plan(PARTS))).toMatchObject(refusal);
  const request = { parts: PARTS, moved: false, settings: '{}' };
  expect(await errorOf(engine.apply(scenario.target, request, NEVER))).toMatchObject(refusal);
});

/** What iptables-save was seen to print for it, and nft(8) itself. */
const HIDING: readonly (readonly [string, string])[] = [
  [
    'as iptables-save was seen to say it',
    `cd /usr/local/sbin && cat > iptables-save && chmod 755 iptables-save`,
  ],
  [
    'written by nft',
    `iptables -t nat -A OUTPUT -s 10.9.0.0/16 -j ACCEPT && nft 'add rule ip nat POSTROUTING ip saddr 10.9.0.0/16 masquerade'`,
  ],
];

const HIDING_SAVE = [
  '#!/bin/sh',
  `printf '%s\\n' "# Table \\\`nat' is incompatible, use 'nft' tool."`,
  '',
].join('\n');

test.each(HIDING)('rules that iptables cannot show make the host unreadable, %s', async (_name, script) => {
  const scenario = new LabScenario(lab, 'nft');
  const subject = await LabSubject.open(lab, 'nft');
  await subject.reset();
  await subject.exec(['sh', '-c', script], HIDING_SAVE);
  try {
    const refusal = {
      code: 'unreadable',
      fix: expect.stringContaining('an nft table of their own') as string,
    };
    expect(await errorOf(scenario.refresh())).toMatchObject(refusal);
    expect(await errorOf(scenario.plan(PARTS))).toMatchObject(refusal);
    // Of tables that the scope does not use they are nobody's trouble.
    expect((await scenario.plan({ a: 'iptables -t mangle -N GW-M' })).wording).toBe('declared');
    const request = { parts: PARTS, moved: false, settings: '{}' };
    expect(await errorOf(scenario.engine.apply(scenario.target, request, NEVER))).toMatchObject(refusal);
    expect((await subject.runFiles()).filter((file) => file !== 'lock')).toEqual([]);
  } finally {
    await subject.exec(['rm', '-f', '/usr/local/sbin/iptables-save']);
    await subject.reset();
    subject.close();
  }
});
