import type { OptionTrait } from '../netem/rewrite/personality/traits.js';
import { type TcpOption, tcpOptionsLength } from '../packet/tcp-options.js';

const most = 40;
/** For experiments (RFC 4727): nmap passes over it. */
const experiment = 254;
const hex = (digits: string, highest: number) => Math.min(highest, Number.parseInt(digits || '0', 16));

const [nop, eol, sackPermitted] = [{ type: 'nop' }, { type: 'eol' }, { type: 'sackPermitted' }] as const;

function optionOf(letter: string, value: string): OptionTrait {
  switch (letter) {
    case 'M':
      return { type: 'mss', value: hex(value, 0xffff) };
    case 'W':
      return { type: 'windowScale', shift: hex(value, 0xff) };
    case 'T':
      return { type: 'timestamps', runs: value[0] === '1', echoes: value[1] === '1' };
    case 'S':
      return sackPermitted;
    default:
      return letter === 'N' ? nop : eol;
  }
}

/** Bytes that options take, timestamps ten of them. */
const lengthOf = (options: readonly OptionTrait[]) =>
  tcpOptionsLength(
    options.map(
      (option): TcpOption =>
        option.type === 'timestamps' ? { type: 'timestamps', value: 0, echo: 0 } : option,
    ),
  );

/**
 * The options that the tests O and O1 to O6 write so; the inverse of `optionsText`. Where they would be padded, and the
 * padding be read as ends of the list, an option that has no letter makes up for it.
 */
export function optionsOf(text: string): OptionTrait[] {
  const letters = [...text.matchAll(/([MW])([0-9A-F]*)|(T)([01][01])|([SNL])/g)];
  const options = letters.map(([, number, digits, clock, set, single]) =>
    optionOf(number ?? clock ?? single!, digits ?? set ?? ''),
  );
  while (lengthOf(options) > most) options.pop();
  const short = -lengthOf(options) & 3;
  const padding = short === 1 ? 5 : short;
  if (short > 0 && lengthOf(options) + padding <= most)
    options.push({ type: 'other', kind: experiment, data: new Uint8Array(padding - 2) });
  return options;
}
