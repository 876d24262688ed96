import type Docker from 'dockerode';
import { CapabilityError } from '../../../src/errors.js';
import { boot } from '../../boot.js';
import { type Driver, MachineFailure, type MachineSpec } from '../../machine.js';
import { slowdownFactor } from '../../speed.js';

const patienceMs = 30_000;

/** The program of the other containers reads of a kernel what gVisor does not show. */
const listening = `$| = 1;
for (@ARGV) {
  my $s;
  socket $s, 2, 1, 6 and bind $s, pack 'S n x12', 2, $_ and listen $s, 4096 or die "STACKBED FAILED $_: $!\\n";
  push @held, $s;
}
print "STACKBED READY gvisor\\n";
sleep 1 while 1;`;

/**
 * Options of a container that gVisor's runtime starts in the network of another, as it takes over the interfaces
 * that it finds, and sees none that comes later.
 *
 * @param holder id of the container whose network has its interface already
 */
export function underGvisor(
  options: Docker.ContainerCreateOptions,
  holder: string,
  openPorts: readonly number[],
): Docker.ContainerCreateOptions {
  // Settings of a kernel that it has not.
  const { Sysctls: _, ...host } = options.HostConfig ?? {};
  const Cmd = ['/bin/perl', '-e', listening, ...openPorts.map(String)];
  return { ...options, Cmd, HostConfig: { ...host, Runtime: 'runsc', NetworkMode: `container:${holder}` } };
}

/**
 * Whether gVisor's runtime works in an engine on this kernel: a container must answer one SYN.
 *
 * @param driver that starts containers by it untested
 * @throws CapabilityError with the cause where it does not
 */
export async function testGvisor(driver: Driver, spec: MachineSpec): Promise<void> {
  try {
    await using _ = await boot({
      driver,
      spec: { ...spec, id: `self-test of runsc`, socket: {} },
      ...{ path: { forward: [], reverse: [] }, seed: 1, timeoutMs: patienceMs * slowdownFactor() },
    });
  } catch (error) {
    if (!(error instanceof MachineFailure)) throw error;
    const console = error.consoleTail.slice(-3).map((line) => `\n  | ${line}`);
    throw new CapabilityError(
      `the runtime runsc does not work here: a container of it must answer a SYN first: ${error.reason}${console.join('')}`,
      {
        remedy:
          'try a newer gVisor, leave `runtime` out, or take the image gvisor-2024: its stack as a program',
        cause: error,
      },
    );
  }
}
