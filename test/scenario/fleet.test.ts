import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/package-root.js';
import { content, fleetOf } from './scenario-text.js';

const ids = (text: string) => fleetOf(text).map(({ id }) => id);

describe('a block of machines', () => {
  test('is the product of its lists, the last turning fastest', () => {
    expect(
      ids(`machines:
  - image: [linux-5.10, linux-6.12]
    ram: [128M, 1G]
    configuration: [stock, hardened]`),
    ).toEqual([
      'linux-5.10-128M',
      'linux-5.10-128M-hardened',
      'linux-5.10-1G',
      'linux-5.10-1G-hardened',
      'linux-6.12-128M',
      'linux-6.12-128M-hardened',
      'linux-6.12-1G',
      'linux-6.12-1G-hardened',
    ]);
  });

  test('may spell its instances out; what they leave open is the block’s, lists and all', () => {
    const fleet = fleetOf(`machines:
  - image: linux-5.10
    ram: [128M, 256M]
    sysctls: {net.ipv4.tcp_ecn: 0}
    instances:
      - {}
      - {ram: 1G, application: low-mss, sysctls: {net.ipv4.tcp_sack: 0}}
      - {image: linux-6.12, ram: 2G, cores: 2, machine: q35, cpu: EPYC, configuration: hardened}`);
    expect(fleet.map(({ id }) => id)).toEqual([
      'linux-5.10-128M-tcp_ecn_0',
      'linux-5.10-256M-tcp_ecn_0',
      'linux-5.10-1G-tcp_ecn_0+tcp_sack_0-app_low-mss',
      'linux-6.12-2G-2cpu-q35-EPYC-hardened+tcp_ecn_0',
    ]);
    expect(fleet[2]).toMatchObject({
      ramMib: 1024,
      configuration: { sysctls: { 'net.ipv4.tcp_ecn': '0', 'net.ipv4.tcp_sack': '0' } },
      application: { name: 'low-mss', socket: { maxseg: 536 } },
    });
  });

  test('joins presets, the later prevailing, and puts own settings over them', () => {
    const [machine] = fleetOf(`machines:
  - image: linux-5.10
    configuration: ttl-128+ttl-255
    application: small-buffer+one-hop
    socket: {ttl: 9}`);
    expect(machine!.configuration).toEqual({
      name: 'ttl-128+ttl-255',
      sysctls: { 'net.ipv4.ip_default_ttl': '255' },
    });
    expect(machine!.application).toEqual({
      name: 'small-buffer+one-hop+ttl_9',
      socket: { rcvbuf: 4096, ttl: 9 },
    });
  });
});

describe('ids', () => {
  test('number what is asked for again', () => {
    expect(
      ids(`machines:
  - {image: [linux-5.10, linux-5.10]}
  - {image: linux-5.10}`),
    ).toEqual(['linux-5.10-256M', 'linux-5.10-256M-2', 'linux-5.10-256M-3']);
  });

  test('name many settings by a digest that tells them apart', () => {
    const settings = (mss: number) =>
      ids(`machines: [{image: linux-5.10, socket: {ttl: 9, tos: 8, maxseg: ${mss}}}]`)[0]!;
    expect(settings(600)).toMatch(/^linux-5\.10-256M-app_custom_[0-9a-f]{8}$/);
    expect(settings(600)).toBe(settings(600));
    expect(settings(600)).not.toBe(settings(601));
  });

  test('are unique and fit for file names and for options of QEMU', () => {
    const value = fc.constantFrom('4096 131072 6291456', '1', '-2', 'a,b', 'x/y.z', 'reno cubic');
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), (blocks) => {
        const machines = blocks.map((values) => ({
          image: ['linux-5.10', 'linux-6.12+deb12'],
          sysctls: Object.fromEntries(values.map((one, index) => [`net.ipv4.key${index}`, one])),
        }));
        const all = ids(JSON.stringify({ machines }));
        expect(new Set(all).size).toBe(all.length);
        for (const id of all) expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a sample', () => {
  const block = (sample: number | string) => `
  - image: [linux-5.10, linux-6.12+deb12, linux-6.12+deb13]
    ram: [128M, 256M, 512M, 1G]
    configuration: [stock, hardened, embedded]
    application: [stock, low-mss]
    sample: ${sample}`;
  const sampled = (seed: number, size: number | string) => ids(`seed: ${seed}\nmachines:${block(size)}`);

  test('is drawn from the product without replacement, in the product’s order, and the same each time', () => {
    const whole = ids(`machines:${block('72')}`);
    expect(new Set(whole).size).toBe(72);
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 72 }), (seed, size) => {
        const chosen = sampled(seed, size);
        expect(chosen).toHaveLength(size);
        expect(chosen).toEqual(whole.filter((id) => chosen.includes(id)));
        expect(sampled(seed, size)).toEqual(chosen);
      }),
      { numRuns: 25 },
    );
  });

  test('is another for another seed, and grows without losing what it had', () => {
    expect(sampled(1, 20)).not.toEqual(sampled(2, 20));
    expect(sampled(1, 30)).toEqual(expect.arrayContaining(sampled(1, 20)));
  });

  test('draws every machine about equally often', () => {
    const times = new Map<string, number>();
    for (let seed = 0; seed < 300; seed++)
      for (const id of sampled(seed, 18)) times.set(id, (times.get(id) ?? 0) + 1);
    // 300 fleets of a quarter each: 75 times on average, 7.5 the standard deviation.
    expect(times.size).toBe(72);
    expect(Math.min(...times.values())).toBeGreaterThan(75 - 5 * 7.5);
    expect(Math.max(...times.values())).toBeLessThan(75 + 5 * 7.5);
  });

  test('of one block does not depend on the others', () => {
    const more = ids(`seed: 5\nmachines:${block(10)}\n  - {image: linux-6.18}`);
    expect(more.slice(0, 10)).toEqual(sampled(5, 10));
  });

  test('of a huge product costs no more than its size', () => {
    const sizes = Array.from({ length: 500 }, (_, index) => `${64 + index}M`);
    const text = JSON.stringify({
      machines: [
        {
          image: ['linux-5.10', 'linux-6.12'],
          ram: sizes,
          cores: Array.from({ length: 64 }, (_, index) => index + 1),
          application: ['stock', 'low-mss', 'bulk', 'web'],
          configuration: ['stock', 'hardened', 'embedded', 'ecn-off'],
          sample: 5,
        },
      ],
    });
    expect(new Set(ids(text)).size).toBe(5);
  });
});

test('hardware, configuration and application are all that tells two machines of a product apart', () => {
  const fleet = fleetOf(`machines:
  - image: [linux-5.10, linux-6.12]
    ram: [128M, 4G]
    cpu: [default, EPYC]
    configuration: [stock, ecn-on, ecn-off]
    application: [stock, voice]`);
  expect(new Set(fleet.map(content)).size).toBe(2 * 2 * 2 * 3 * 2);
});

test('the fleet of the paper’s size has no two equal instances', async () => {
  const file = join(packageRoot, 'scenarios/paper/fleet-329.scenario.yaml');
  const fleet = fleetOf(await readFile(file, 'utf8'));
  expect(fleet.length).toBeGreaterThanOrEqual(329);
  expect(new Set(fleet.map(content)).size).toBe(fleet.length);
  expect(new Set(fleet.map(({ id }) => id)).size).toBe(fleet.length);
});

test('the whole collection of the paper is 50,000 probes of six copies to the same fleet', async () => {
  const [fleet, full] = await Promise.all(
    ['fleet-329', 'full'].map((name) =>
      readFile(join(packageRoot, `scenarios/paper/${name}.scenario.yaml`), 'utf8'),
    ),
  );
  const machines = fleetOf(full!);
  expect(machines).toEqual(fleetOf(fleet!));
  const { count, copies } = parse(full!).probes;
  expect(machines.length * count * copies).toBe(98_700_000);
});
