import { expectTypeOf, it } from 'vitest';
import type { PathInput, StageInput } from '../../src/library/index.js';
import { type MachineName, type ResponsePattern, syn, Testbed, udp } from '../../src/library/index.js';
import { withTestbed } from '../../src/vitest/index.js';

// Nothing here runs: what must not compile is marked, and `npm run typecheck` fails where it would.
const never = (_use: () => unknown) => {};

it('names of machines are those that were given', () => {
  expectTypeOf<MachineName<{ old: string; new: string }>>().toEqualTypeOf<'old' | 'new'>();
  expectTypeOf<MachineName<readonly ['a', 'b']>>().toEqualTypeOf<'a' | 'b'>();
  expectTypeOf<MachineName<readonly ['linux-6.*']>>().toEqualTypeOf<string>();
  never(async () => {
    const bed = await Testbed.start({ machines: { old: 'linux-5.10' } });
    bed.machine('old');
    // @ts-expect-error there is no such machine
    bed.machine('new');
    // @ts-expect-error `rams` is no key of a machine
    await Testbed.start({ machines: { old: { image: 'linux-5.10', rams: '1G' } } });
    // @ts-expect-error machines are not to be left out
    await Testbed.start({ seed: 1 });
    // @ts-expect-error a boot is cold or restored
    await Testbed.start({ machines: ['linux-5.10'], boot: 'warm' });
  });
});

it('paths, packets and patterns have known keys', () => {
  never((): StageInput => ({ loss: '5%' }));
  never((): PathInput => ({ forward: [{ ttl: { decrement: 4 } }], boxes: ['home-router-nat'] }));
  // @ts-expect-error a stage that is not there
  never((): StageInput => ({ lose: '5%' }));
  // @ts-expect-error a section that is not there
  never((): PathInput => ({ backward: [] }));
  never(() => syn({ window: 1024 }));
  // @ts-expect-error a SYN has its flags
  never(() => syn({ flags: 'SA' }));
  // @ts-expect-error UDP has no window
  never(() => udp({ window: 1024 }));
  // @ts-expect-error a window is a number
  never((): ResponsePattern => ({ window: '65160' }));
  // @ts-expect-error no such field
  never((): ResponsePattern => ({ windowSize: 65160 }));
});

it('a fixture knows the machines of its bed', () => {
  never(() => {
    const test = withTestbed({ machines: { server: 'linux-5.10' } });
    test('one', ({ bed }) => {
      bed.machine('server');
      // @ts-expect-error there is no such machine
      bed.machine('client');
    });
  });
});
