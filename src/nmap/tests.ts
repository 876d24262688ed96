/**
 * The lines of a fingerprint and the tests of each, in the order in which they are written (Nmap Network Scanning,
 * "Understanding an Nmap Fingerprint").
 */
const tcpTests = ['R', 'DF', 'T', 'TG', 'W', 'S', 'A', 'F', 'O', 'RD', 'Q'];

export const testsOf: Readonly<Record<string, readonly string[]>> = {
  SEQ: ['R', 'SP', 'GCD', 'ISR', 'TI', 'CI', 'II', 'SS', 'TS'],
  OPS: ['R', 'O1', 'O2', 'O3', 'O4', 'O5', 'O6'],
  WIN: ['R', 'W1', 'W2', 'W3', 'W4', 'W5', 'W6'],
  ECN: ['R', 'DF', 'T', 'TG', 'W', 'O', 'CC', 'Q'],
  T1: ['R', 'DF', 'T', 'TG', 'S', 'A', 'F', 'RD', 'Q'],
  T2: tcpTests,
  T3: tcpTests,
  T4: tcpTests,
  T5: tcpTests,
  T6: tcpTests,
  T7: tcpTests,
  U1: ['R', 'DF', 'T', 'TG', 'IPL', 'UN', 'RIPL', 'RID', 'RIPCK', 'RUCK', 'RUD'],
  IE: ['R', 'DFI', 'T', 'TG', 'CD'],
};

export const lineNames: readonly string[] = Object.keys(testsOf);
