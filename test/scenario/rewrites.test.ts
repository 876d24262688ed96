import { describe, expect, it } from 'vitest';
import { type InputError, InputErrors } from '../../src/errors.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';

const scenario = (stage: string, list = 'forward') =>
  `machines:\n  - image: [linux-6.12+deb13]\npath:\n  ${list}:\n    - ${stage}\n`;

function stageOf(text: string, list: 'forward' | 'both' = 'forward') {
  return pathSpec(parseScenario(scenario(text, list), 'a.yaml').scenario)[list]![0];
}

function faultsOf(text: string, list?: string): readonly InputError[] {
  try {
    parseScenario(scenario(text, list), 'a.yaml');
  } catch (error) {
    if (error instanceof InputErrors) return error.errors;
    throw error;
  }
  return [];
}

describe('a rewrite in a scenario', () => {
  it.each([
    ['ttl: {minimum: 64}', { kind: 'ttl', minimum: 64 }],
    ['tos: {set: 16}', { kind: 'tos', set: 16 }],
    ['dscp: {set: af41}', { kind: 'dscp', set: 34 }],
    ['dscp: {set: 46}', { kind: 'dscp', set: 46 }],
    ['ecn: {clear: all}', { kind: 'ecn', clear: 'all' }],
    ['ecn: {mark: 5%}', { kind: 'ecn', mark: 0.05 }],
    ['df: clear', { kind: 'df', to: 'clear' }],
    ['ip-id: increment', { kind: 'ip-id', to: 'increment' }],
    ['mss: {clamp: 1412}', { kind: 'mss', clamp: 1412 }],
    [
      'strip-option: [timestamps, 30]',
      { kind: 'strip-option', options: [8, 30], others: false, leave: 'nops' },
    ],
    [
      'strip-option: {options: [sack-permitted], leave: nothing}',
      { kind: 'strip-option', options: [4], others: false, leave: 'nothing' },
    ],
    ['strip-option: {keep: [mss]}', { kind: 'strip-option', options: [2], others: true, leave: 'nops' }],
    ['reorder-options: [mss, timestamps]', { kind: 'reorder-options', order: [2, 8] }],
    ['window-scale: {clamp: 2}', { kind: 'window-scale', clamp: 2 }],
    ['window: {set: 0}', { kind: 'window', set: 0 }],
    ['reserved-bits: clear', { kind: 'reserved-bits', to: 'clear' }],
    ['urgent: clear', { kind: 'urgent', to: 'clear' }],
    ['strip-payload: syn', { kind: 'strip-payload', of: 'syn' }],
    ['bad-checksum: repair', { kind: 'bad-checksum', to: 'repair' }],
    ['icmp-filter: all', { kind: 'icmp-filter', drop: 'all' }],
    ['icmp-filter: [destination-unreachable, 11]', { kind: 'icmp-filter', drop: [3, 11] }],
    ['icmp-rate: {every: 10, burst: 6}', { kind: 'icmp-rate', every: 10, burst: 6 }],
    ['fragments: reassemble', { kind: 'fragments', to: 'reassemble' }],
    ['mtu: 1400', { kind: 'mtu', size: 1400, icmp: true, router: 0xc0000201 }],
    [
      'mtu: {size: 1400, icmp: false, router: 198.51.100.1}',
      { kind: 'mtu', size: 1400, icmp: false, router: 0xc6336401 },
    ],
    [
      'rst-inject: {probability: 10%, flags: SA}',
      { kind: 'rst-inject', probability: 0.1, flags: 0x12, towards: 'both', drop: false },
    ],
  ])('%s', (text, spec) => expect(stageOf(text)).toEqual(spec));
});

describe('a rewrite of both directions', () => {
  it.each([
    ['isn: {}', { kind: 'isn', randomise: 'both' }],
    ['sequence: {offset: 7}', { kind: 'sequence', offset: 7, of: 'machine' }],
    ['timestamps: {offset: random, of: both}', { kind: 'timestamps', offset: 'random', of: 'both' }],
    ['nat: {}', { kind: 'nat', address: 0x0afe0001, ports: 'preserve', idle: 1024 }],
    ['stateful-firewall: strict', { kind: 'stateful-firewall', mode: 'strict' }],
    [
      'syn-proxy: {ports: [22], window-scale: 7}',
      {
        ...{ kind: 'syn-proxy', ports: [22], mss: 1460, windowScale: 7 },
        ...{ sack: true, timestamps: false, window: 0, ttl: 64 },
      },
    ],
  ])('%s', (text, spec) => expect(stageOf(text, 'both')).toEqual(spec));

  it.each(['isn: {}', 'nat: {}', 'stateful-firewall: strict', 'syn-proxy: {}'])(
    '%s has no place in one direction',
    (text) => {
      for (const list of ['forward', 'reverse']) {
        const [fault] = faultsOf(text, list);
        expect(fault!.message).toMatch(/keeps state across both directions: put it under `both`/);
        expect(fault!.place).toMatchObject({ file: 'a.yaml', line: 5 });
      }
    },
  );

  it.each([
    ['nat: {address: 203.0.113.1}', /the wire has 10\.248\.0\.0 to 10\.254\.255\.255/],
    ['nat: {address: 10.254.0.256}', /expected an IPv4 address/],
    ['nat: {idle: 0}', /nat\.idle is 0/],
    ['stateful-firewall: loose', /valid: conntrack, strict/],
    ['syn-proxy: {window-scale: 15}', /window-scale is 15/],
    ['syn-proxy: {ports: []}', /syn-proxy\.ports/],
    ['sequence: {offset: 4294967296}', /sequence\.offset is 4294967296/],
    ['isn: {randomise: all}', /valid: prober, machine, both/],
  ])('%s is a fault', (text, message) => {
    const [fault] = faultsOf(text, 'both');
    expect(fault!.message).toMatch(message);
    expect(fault!.place).toMatchObject({ file: 'a.yaml', line: 5 });
  });
});

describe('a fault in a rewrite', () => {
  it.each([
    ['ttl: {set: 256}', 5, /ttl\.set is 256/],
    ['ttl: {set: 1, minimum: 2}', 5, /give one of `set` or `decrement` or `minimum`/],
    ['dscp: {set: af50}', 5, /valid: cs0, .*, ef/],
    ['dscp: {set: 64}', 5, /a number 0 to 63/],
    ['ecn: {mark: 101%}', 5, /not a probability/],
    ['df: claer', 5, /did you mean "clear"/],
    ['mss: {clamp: 0}', 5, /mss\.clamp is 0/],
    ['mss: {clamp: -5}', 5, /mss\.clamp is -5/],
    ['strip-option: []', 5, /strip-option/],
    ['strip-option: [timestamp]', 5, /did you mean "timestamps"|one of mss/],
    ['strip-option: {options: [mss], keep: [mss]}', 5, /either `options` or `keep`/],
    ['strip-option: [1]', 5, /a number 2 to 255/],
    ['window-scale: {set: 15}', 5, /window-scale\.set is 15/],
    ['icmp-filter: [256]', 5, /a number 0 to 255/],
    ['icmp-rate: {every: 0, burst: 1}', 5, /icmp-rate\.every is 0/],
    ['mtu: 67', 5, /mtu/],
    ['mtu: {size: 1400, router: 1.2.3}', 5, /expected an IPv4 address/],
    ['rst-inject: {flags: XY}', 5, /letters of FSRPAUEC/],
    ['rst-inject: {match: tcp.window ==}', 5, /at character 14:/],
    ['mss-clamp: 1400', 5, /unknown key "mss-clamp"/],
  ])('%s', (text, line, message) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]!.exitCode).toBe(2);
    expect(faults[0]!.message).toMatch(message);
    expect(faults[0]!.place).toMatchObject({ file: 'a.yaml', line });
    expect(faults[0]!.place!.column).toBeGreaterThan(6);
  });
});
