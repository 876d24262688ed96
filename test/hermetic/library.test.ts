import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { readPcapng } from '../../src/packet/pcapng-reader.js';
import { ack, expect, ping, syn, Testbed, tcp, udp, withTestbed } from '../../src/vitest/index.js';

const test = withTestbed({
  machines: {
    linux: { image: 'linux-6.12+deb13', ram: '128M' },
    quiet: { image: 'linux-6.12+deb13', ram: '128M', sysctls: { 'net.ipv4.icmp_echo_ignore_all': 1 } },
    program: 'lwip-2.2.1',
  },
});

describe('a testbed in a test', { timeout: 120_000 }, () => {
  test('real stacks answer, each in its way', async ({ bed }) => {
    const linux = bed.machine('linux');
    expect(await linux.probe(syn())).toMatchResponse({
      flags: 'SA',
      ttl: 64,
      options: 'M,S,T,N,W',
      mss: 1460,
    });
    expect(await linux.probe(syn({ options: [] }))).toMatchResponse({ flags: 'SA', options: 'M' });
    expect(await linux.probe(syn({ port: 'closed' }))).toMatchResponse({ flags: 'RA', window: 0 });
    expect(await linux.probe(ack())).toMatchResponse({ flags: 'R' });
    expect(await linux.probe(udp())).toMatchResponse({ icmpType: 3, icmpCode: 3 });
    expect(await linux.probe(ping())).toMatchResponse({ icmpType: 0, payload: 32 });
    expect(await bed.machine('program').probe(syn())).toMatchResponse({ flags: 'SA', ttl: 255 });
  });

  test('silence is certain where nothing is lost, and soon', async ({ bed }) => {
    expect(await bed.machine('quiet').probe(ping())).toBeSilent();
    expect(await bed.machine('linux').probe(tcp({ port: 'open' }))).toBeSilent();
  });

  test('one packet goes to all machines, and many are under way at once', async ({ bed }) => {
    const answers = await bed.probe(syn());
    expect([...answers.keys()].sort()).toEqual(['linux', 'program', 'quiet']);
    for (const answer of answers.values()) expect(answer).toAnswer();
    const linux = bed.machine('linux');
    const windows = [1024, 2048, 4096, 8192];
    const many = await Promise.all(windows.map((window, at) => linux.probe(syn({ window, seq: 1000 * at }))));
    expect(many.map(({ response }) => response?.ack)).toEqual([1, 1001, 2001, 3001]);
  });

  test('the path changes while machines run', async ({ bed }) => {
    const linux = bed.machine('linux');
    linux.path.set({ reverse: [{ ttl: { decrement: 4 } }] });
    expect(await linux.probe(syn())).toMatchResponse({ ttl: 60 });
    bed.path.set({ forward: [{ loss: '100%' }] });
    expect(await linux.probe(syn(), { timeoutMs: 100 })).toBeSilent();
    bed.path.set({ reverse: [{ duplicate: '100%' }] });
    const { responses } = await linux.probe(syn(), { collectMs: 50 });
    expect(responses).toHaveLength(2);
  });

  test('the path is what it was when the next test begins', async ({ bed }) => {
    expect(await bed.machine('linux').probe(syn())).toMatchResponse({ ttl: 64 });
  });

  test('what crosses is captured, and what a stage drops', async ({ bed }) => {
    using capture = bed.capture();
    await bed.machine('linux').probe(syn());
    bed.machine('linux').path.set({ forward: [{ loss: '100%' }] });
    await bed.machine('linux').probe(syn(), { timeoutMs: 50 });
    const points = capture.packets.map(
      ({ machine, point, frame }) => `${machine} ${point} ${frame.tcp?.flags}`,
    );
    expect(points).toEqual([
      ...['linux prober 2', 'linux machine 2', 'linux machine 18', 'linux prober 18'],
      ...['linux prober 2', 'linux drops 2'],
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'stackbed-capture-'));
    try {
      const file = join(folder, 'a.pcapng');
      capture.save(file);
      const read = [...readPcapng(readFileSync(file))].map(({ bytes }) => Buffer.from(bytes).toString('hex'));
      expect(read).toEqual(capture.packets.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a fresh machine takes the place of another', async ({ bed }) => {
    const program = bed.machine('program');
    await program.renew();
    expect(await program.probe(syn())).toMatchResponse({ flags: 'SA' });
  });

  test('names and keys that are wrong are told, and nothing is booted', async ({ bed }) => {
    expect(() => bed.machine('linus' as 'linux')).toThrow(/no machine "linus"/);
    expect(() => bed.path.set({ loss: '500%' })).toThrow(/path\.set: .*not a probability/);
    const start = (machines: object) => Testbed.start({ machines: machines as Record<string, string> });
    await expect(start({ a: 'linux-6.12+deb31' })).rejects.toThrow(/machines\.a: the catalogue has no image/);
    await expect(start({ a: { image: 'linux-5.10', rma: '1G' } })).rejects.toThrow(
      /machines\.a: unknown key "rma" in machines\.0; known here: image, ram/,
    );
    await expect(start({ a: { image: 'linux-5.10', ram: ['1G', '2G'] } })).rejects.toThrow(
      /2 machines under one/,
    );
    await expect(start({})).rejects.toThrow(/no machines/);
    await expect(start({ '../a': 'linux-5.10' })).rejects.toThrow(/is no name of a machine/);
  });
});
