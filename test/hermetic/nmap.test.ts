import { expect, it } from 'vitest';
import { observe } from '../../src/nmap/observe.js';
import { nmapScan } from '../../src/nmap/scan.js';
import { formatSubject } from '../../src/nmap/subject-text.js';
import { randomStream } from '../../src/random.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { withMachine } from '../support/bed.js';

const ports = { open: 22, closed: 81, closedUdp: 40_125 };
const path = { forward: [{ kind: 'ttl', decrement: 4 }], reverse: [{ kind: 'ttl', decrement: 7 }] } as const;

it("computes nmap's tests of a Linux guest, however far away it is", { timeout: 120_000 }, async () => {
  const { fingerprint, distance } = await withMachine(
    'linux-6.12+deb13',
    { path },
    async ({ prober, control }) => {
      const random = randomStream(1, 'nmap');
      const timeoutMs = 200 * slowdownFactor();
      return observe(await nmapScan({ prober, control, ports, random, timeoutMs }));
    },
  );
  expect(distance).toBe(5);
  // Drawn at random by the machine: sequence numbers, and timestamps that each connection starts anew.
  const text = formatSubject({ scan: undefined, fingerprint });
  const steady = text.replace(/SP=[0-9A-F]+%GCD=[1-6]%ISR=[0-9A-F]+/, '…').replace(/%TS=[0-9A-F]+/, '');
  expect(steady).toBe(`SEQ(…%TI=Z%CI=Z%II=I)
OPS(O1=M5B4ST11NW5%O2=M5B4ST11NW5%O3=M5B4NNT11NW5%O4=M5B4ST11NW5%O5=M5B4ST11NW5%O6=M5B4ST11)
WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)
ECN(R=Y%DF=Y%T=3D%W=FAF0%O=M5B4NNSNW5%CC=Y%Q=)
T1(R=Y%DF=Y%T=3D%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=3D%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3D%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3D%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3D%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3D%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3D%CD=S)`);
});
