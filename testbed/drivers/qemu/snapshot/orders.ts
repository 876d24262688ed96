import type { Exchange, MachineSpec, NetworkIdentity } from '../../../machine.js';
import { sysctlWord } from '../arguments.js';

/** A terminal takes 4,095 bytes before it drops some that nobody has read (Linux' N_TTY_BUF_SIZE). */
const atOnce = 2000;

/**
 * What a restored guest is told, in the words of images/guest/machine.pl: its own randomness and the time
 * first, then what another guest finds on its kernel command line, in the same order.
 */
export function orders(
  spec: MachineSpec,
  network: NetworkIdentity,
  fresh: { readonly entropy: Buffer; readonly unixSeconds: number },
): string[] {
  const socket = Object.entries(spec.socket ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    `entropy ${fresh.entropy.toString('hex')}`,
    `clock ${fresh.unixSeconds}`,
    ...Object.entries(spec.sysctls).map(([name, value]) => `sysctl ${sysctlWord(name, value)}`),
    `network ${network.address}/${network.prefix} ${network.gateway} ${network.mac}`,
    `listen ${spec.openPorts.join(',')} ${socket.join(',')}`.trim(),
    'ready',
  ];
}

/** What is between the lines must not hold one, or a search in vain would try every way to part them. */
const doneTimes = (count: number) =>
  new RegExp(`(?:(?:(?!STACKBED DONE)[^])*STACKBED DONE \\w+\\n){${count}}`);

/** Orders as a dialogue that begins once the console says `greeting`; many are given in parts. */
export function dialogueOf(lines: readonly string[], greeting: RegExp): Exchange[] {
  const steps: { expect: RegExp; send: string }[] = [];
  let pending = 0;
  for (const line of lines) {
    const last = steps.at(-1);
    if (last && last.send.length + line.length < atOnce) last.send += `${line}\n`;
    else {
      steps.push({ expect: last ? doneTimes(pending) : greeting, send: `${line}\n` });
      pending = 0;
    }
    pending++;
  }
  return steps;
}
