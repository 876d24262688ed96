import { expect, it } from 'vitest';
import { observe } from '../../src/nmap/observe.js';
import { nmapScan } from '../../src/nmap/scan.js';
import { parseSubject } from '../../src/nmap/subject-text.js';
import { randomStream } from '../../src/random.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { joinLabProber } from '../../testbed/tools/lab-prober.js';
import { runNmap } from '../../testbed/tools/nmap.js';
import { withMachine } from '../support/bed.js';
import { canMakeNamespaces } from '../support/root.js';

it.runIf(canMakeNamespaces)('real', { timeout: 120_000 }, async () => {
  await using lease = await Lease.acquire();
  await using lab = { lab: await Lab.open(lease), [Symbol.asyncDispose]: async () => {} };
  await withMachine('linux-6.12+deb13', {}, async ({ prober, control }) => {
    const slowdown = slowdownFactor();
    const ours = observe(
      await nmapScan({
        ...{ prober, control, random: randomStream(1, 'nmap'), timeoutMs: 200 * slowdown },
        ports: { open: 22, closed: 81, closedUdp: 40_125 },
      }),
    );
    await using _joined = await joinLabProber(lab.lab, prober);
    const real = await runNmap({ lab: lab.lab, lease, open: 22, closed: 81, timeoutMs: 60_000 });
    const theirs = parseSubject(real.subject, 'nmap');
    console.log(real.subject, real.guesses);
    console.log([...theirs.scan!]);
    expect(Object.fromEntries(theirs.fingerprint)).toEqual(Object.fromEntries(ours.fingerprint));
  });
});
