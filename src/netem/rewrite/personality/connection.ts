import { readUint16 } from '../../../packet/bytes.js';
import type { Frame } from '../../../packet/frame.js';
import { type Tcp, tcpField, tcpFlags } from '../../../packet/tcp.js';
import { tcpFlag } from '../../../packet/tcp-flags.js';
import { type TcpOption, tcpOptionKind } from '../../../packet/tcp-options.js';
import { patchTcp, patchTcp16, shiftTcp32 } from '../edit.js';
import { shiftNumbers } from '../shift.js';
import { optionValueAt, placedOptions } from '../tcp-option-walk.js';
import { has, negotiated } from './classify.js';
import type { OptionTrait } from './traits.js';

const maxWindow = 0xffff;

/** What stands between a machine and who thinks that it is another, for one connection. */
export interface Joined {
  /** Added to the machine's sequence numbers, modulo 2^32. */
  readonly sequence: number;
  /** Added to its timestamps; 0 where it shows none. */
  readonly clock: number;
  /** Window scales: that of the machine, and the one that was shown. */
  readonly scales: readonly [machine: number, shown: number];
}

const scaleOf = (options: readonly TcpOption[]) => {
  const found = options.find(({ type }) => type === 'windowScale');
  return found?.type === 'windowScale' ? Math.min(14, found.shift) : 0;
};
const timestampOf = (options: readonly TcpOption[]) => {
  const found = options.find(({ type }) => type === 'timestamps');
  return found?.type === 'timestamps' ? found.value : undefined;
};

/** What must be translated from the machine's SYN-ACK on, by what was made of it. */
export function joined(own: Tcp, shown: Tcp): Joined {
  const [was, is] = [timestampOf(own.options), timestampOf(shown.options)];
  return {
    sequence: (shown.sequence - own.sequence) | 0,
    clock: was === undefined || is === undefined ? 0 : (is - was) | 0,
    scales: [scaleOf(own.options), scaleOf(shown.options)],
  };
}

/** A later segment of the machine, made to follow what was shown; true where bytes changed. */
export function fromMachine(frame: Uint8Array, tcp: number, { sequence, clock, scales }: Joined): boolean {
  let changed = shiftNumbers(frame, tcp, sequence, 0);
  const at = clock === 0 ? 0 : optionValueAt(frame, tcp, tcpOptionKind.timestamps, 10);
  if (at > 0) shiftTcp32(frame, tcp, at, clock);
  const [machine, shown] = scales;
  if (machine !== shown && !(tcpFlags(frame, tcp) & tcpFlag.syn)) {
    const window = readUint16(frame, tcp + tcpField.window);
    patchTcp16(frame, tcp, tcp + tcpField.window, Math.min(maxWindow, (window * 2 ** machine) >>> shown));
    changed = true;
  }
  return changed || at > 0;
}

/** A later segment to the machine, in the machine's own numbers; true where bytes changed. */
export function toMachine(frame: Uint8Array, tcp: number, { sequence, clock }: Joined): boolean {
  const shifted = shiftNumbers(frame, tcp, 0, sequence);
  const at = clock === 0 ? 0 : optionValueAt(frame, tcp, tcpOptionKind.timestamps, 10);
  if (at > 0 && tcpFlags(frame, tcp) & tcpFlag.ack) shiftTcp32(frame, tcp, at + 4, -clock);
  return shifted || at > 0;
}

const kindOf = {
  windowScale: tcpOptionKind.windowScale,
  timestamps: tcpOptionKind.timestamps,
  sackPermitted: tcpOptionKind.sackPermitted,
} as const;

/** Takes out of a SYN, leaving NOPs, what the answer will not agree to: else the machine would. */
export function withholdOptions(frame: Uint8Array, tcp: number, shown: readonly OptionTrait[]): boolean {
  const withheld = negotiated.filter((type) => !has(shown, type)).map((type): number => kindOf[type]);
  let changed = false;
  for (const { kind, at, length } of placedOptions(frame, tcp))
    if (withheld.includes(kind)) {
      changed = true;
      for (let byte = at; byte < at + length; byte++) patchTcp(frame, tcp, byte, tcpOptionKind.nop);
    }
  return changed;
}

/** The options of an answer without those that were not offered. */
export function onlyOffered(shown: readonly OptionTrait[], { tcp }: Frame): OptionTrait[] {
  const missing = negotiated.filter((type) => !has(tcp!.options, type)) as readonly string[];
  return shown.filter(({ type }) => !missing.includes(type));
}
