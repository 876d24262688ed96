import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, test as base, beforeAll } from 'vitest';
import {
  type KnownKeys,
  type MachineName,
  type MachinesInput,
  Testbed,
  type TestbedOptions,
} from '../library/index.js';

export interface FixtureOptions<Machines extends MachinesInput> extends TestbedOptions<Machines> {
  /** Where the packets of a failed test are kept; default `stackbed-captures`. */
  readonly captures?: string;
  /** Patience with boots, and with pulling images that are not here yet, ms; default 180,000. */
  readonly bootTimeoutMs?: number;
}

const slug = (text: string) =>
  text
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 100);

/**
 * A `test` whose context has `bed`: a testbed that is booted once for the file, before its first test, and is gone
 * after the last. Each test begins with the path of the options, and when it fails its packets are kept as pcapng
 * and named beside it. Files run in workers of their own and boot beds of their own; the image store is shared and locked.
 *
 * @example
 * const test = withTestbed({ machines: { server: 'linux-6.12+deb13' } });
 * test('answers a SYN', async ({ bed }) => {
 *   expect(await bed.machine('server').probe(syn())).toAnswer();
 * });
 */
export function withTestbed<const Machines extends MachinesInput>(
  options: FixtureOptions<Machines> & { readonly machines: KnownKeys<Machines> },
) {
  const { captures = 'stackbed-captures', bootTimeoutMs = 180_000, ...bedOptions } = options;
  type Bed = Testbed<MachineName<Machines>>;
  let started: Bed | undefined;
  // A hook, and no fixture of the file: a boot must not count as time of the first test.
  beforeAll(async () => {
    // Inference has done its part: to check the keys again under a generic type would only fail.
    started = (await Testbed.start(bedOptions as never)) as unknown as Bed;
  }, bootTimeoutMs);
  afterAll(async () => started?.[Symbol.asyncDispose]());
  return base.extend<{ bed: Bed }>({
    bed: async ({ task, onTestFailed }, use) => {
      const bed = started!;
      using capture = bed.capture();
      onTestFailed(() => {
        mkdirSync(captures, { recursive: true });
        const file = join(captures, `${slug(`${task.file.name} ${task.name}`)}.pcapng`);
        capture.save(file);
        console.error(`${capture.packets.length} packets of this test are in ${file}`);
      });
      bed.path.set(bedOptions.path ?? {});
      await use(bed);
    },
  });
}
