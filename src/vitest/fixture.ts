import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test as base } from 'vitest';
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
}

const slug = (text: string) =>
  text
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 100);

/**
 * A `test` whose context has `bed`: a testbed that is booted once for the file, when the first test asks for it, and is
 * gone after the last. Each test begins with the path of the options, and when it fails its packets are kept as pcapng
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
  const { captures = 'stackbed-captures', ...bedOptions } = options;
  type Bed = Testbed<MachineName<Machines>>;
  return base.extend<{ bedOfFile: Bed; bed: Bed }>({
    bedOfFile: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from the pattern
      async ({}, use) => {
        // Inference has done its part: to check the keys again under a generic type would only fail.
        await using bed = (await Testbed.start(bedOptions as never)) as unknown as Bed;
        await use(bed);
      },
      { scope: 'file' },
    ],
    bed: async ({ bedOfFile, task, onTestFailed }, use) => {
      using capture = bedOfFile.capture();
      onTestFailed(() => {
        mkdirSync(captures, { recursive: true });
        const file = join(captures, `${slug(`${task.file.name} ${task.name}`)}.pcapng`);
        capture.save(file);
        console.error(`${capture.packets.length} packets of this test are in ${file}`);
      });
      bedOfFile.path.set(bedOptions.path ?? {});
      await use(bedOfFile);
    },
  });
}
