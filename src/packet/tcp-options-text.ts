import { type TcpOption, tcpOptionKindOf } from './tcp-options.js';

/**
 * Options in the fingerprinting world's short form, that of p0f v2: `M1460,S,T,N,W7`. M maximum segment size,
 * W window scale, S SACK permitted, T timestamps (T0 where TSval is zero), N no operation, E end of list,
 * ?kind any other option, !length bytes that are no option. The empty string without options.
 */
export function formatTcpOptions(options: readonly TcpOption[]): string {
  return options.map(formatTcpOption).join(',');
}

function formatTcpOption(option: TcpOption): string {
  switch (option.type) {
    case 'eol':
      return 'E';
    case 'nop':
      return 'N';
    case 'mss':
      return `M${option.value}`;
    case 'windowScale':
      return `W${option.shift}`;
    case 'sackPermitted':
      return 'S';
    case 'timestamps':
      return option.value === 0 ? 'T0' : 'T';
    case 'raw':
      return `!${option.bytes.length}`;
    default:
      return `?${tcpOptionKindOf(option)}`;
  }
}
