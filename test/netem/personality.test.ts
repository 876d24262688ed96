import { describe, expect, it } from 'vitest';
import type { PersonalitySpec } from '../../src/netem/rewrite/personality.js';
import { decodeFrame, type TcpOption, tcpFlag } from '../../src/packet/index.js';
import { another } from './rewrite-specs.js';
import { fromMachine, fromProber, TwoWay } from './two-way.js';

const { syn, ack, psh, rst } = tcpFlag;
const spec: PersonalitySpec = {
  ...({ kind: 'personality', name: 'another', answers: 'rewritten' } as const),
  ...{ open: [22], drawn: another },
};
/** Of SEQ1, to which the other shows M5B4NNT11SNW3. */
const asked: TcpOption[] = [
  { type: 'windowScale', shift: 10 },
  { type: 'nop' },
  { type: 'mss', value: 1460 },
  { type: 'timestamps', value: 0xffff_ffff, echo: 0 },
  { type: 'sackPermitted' },
];
const tcpOf = (frame: Uint8Array | undefined) => decodeFrame(frame!).tcp!;
const clock = (options: readonly TcpOption[]) => {
  const found = options.find(({ type }) => type === 'timestamps');
  return found?.type === 'timestamps' ? { value: found.value, echo: found.echo } : undefined;
};

describe('a connection to a machine that passes for another', () => {
  function opened() {
    const both = new TwoWay([spec]);
    const seen = tcpOf(both.one('forward', fromProber({ sequence: 500, options: asked })));
    const answer = fromMachine({
      ...{ sequence: 7000, acknowledgment: 501, flags: syn | ack, window: 65_160 },
      options: [
        { type: 'mss', value: 1460 },
        { type: 'sackPermitted' },
        { type: 'timestamps', value: 9000, echo: 0xffff_ffff },
        { type: 'nop' },
        { type: 'windowScale', shift: 7 },
      ],
    });
    return { both, seen, shown: tcpOf(both.one('reverse', answer)) };
  }

  it('begins with the SYN-ACK of the other', () => {
    const { seen, shown } = opened();
    expect(seen.options.map(({ type }) => type)).toEqual(asked.map(({ type }) => type));
    expect(shown).toMatchObject({ acknowledgment: 501, window: 0x2000, flags: syn | ack });
    expect(shown.sequence).not.toBe(7000);
    expect(shown.options.map(({ type }) => type).slice(0, 6)).toEqual([
      ...['mss', 'nop', 'nop', 'timestamps', 'sackPermitted', 'nop'],
    ]);
  });

  it('goes on in the numbers that each end knows', () => {
    const { both, shown } = opened();
    const start = clock(shown.options)!.value;
    const data = fromProber({
      ...{ sequence: 501, acknowledgment: (shown.sequence + 1) >>> 0, flags: ack | psh, data: 10 },
      options: [{ type: 'timestamps', value: 1, echo: start }, { type: 'nop' }, { type: 'nop' }],
    });
    const arrived = tcpOf(both.one('forward', data));
    expect(arrived).toMatchObject({ sequence: 501, acknowledgment: 7001 });
    expect(clock(arrived.options)).toEqual({ value: 1, echo: 9000 });
    const reply = fromMachine({
      ...{ sequence: 7001, acknowledgment: 511, flags: ack | psh, window: 500, data: 5 },
      options: [{ type: 'timestamps', value: 9007, echo: 1 }, { type: 'nop' }, { type: 'nop' }],
    });
    const back = tcpOf(both.one('reverse', reply));
    // 500 in units of 2^7 bytes are 8000 in units of 2^3.
    expect(back).toMatchObject({ sequence: (shown.sequence + 1) >>> 0, acknowledgment: 511, window: 8000 });
    expect(clock(back.options)).toEqual({ value: start + 7, echo: 1 });
  });

  it('has a SYN-ACK that is sent again with the same number', () => {
    const { both, shown } = opened();
    const again = fromMachine({ sequence: 7000, acknowledgment: 501, flags: syn | ack });
    expect(tcpOf(both.one('reverse', again)).sequence).toBe(shown.sequence);
  });

  it('does without what the other would not agree to', () => {
    const both = new TwoWay([spec]);
    // Nearest to SEQ2, to which the other shows M5B4S.
    const options: TcpOption[] = [
      { type: 'mss', value: 1400 },
      { type: 'windowScale', shift: 0 },
      { type: 'sackPermitted' },
      { type: 'timestamps', value: 0xffff_ffff, echo: 0 },
      { type: 'eol' },
    ];
    const seen = tcpOf(both.one('forward', fromProber({ sequence: 1, options })));
    const left = new Set(seen.options.map(({ type }) => type));
    expect([left.has('mss'), left.has('sackPermitted')]).toEqual([true, true]);
    expect([left.has('windowScale'), left.has('timestamps')]).toEqual([false, false]);
  });
});

it('a SYN to a port that was not known to be open is answered as one to an open port', () => {
  const both = new TwoWay([{ ...spec, open: [] }]);
  both.one('forward', fromProber({ sequence: 500, options: asked }));
  const shown = both.one('reverse', fromMachine({ sequence: 9, acknowledgment: 501, flags: syn | ack }));
  expect(tcpOf(shown)).toMatchObject({ window: 0x2000, flags: syn | ack });
  const reset = fromMachine({ copy: 1, acknowledgment: 501, flags: rst | ack });
  both.one('forward', fromProber({ copy: 1, sequence: 500 }));
  expect(decodeFrame(both.one('reverse', reset)!).ipv4!.ttl).toBe(128);
});
