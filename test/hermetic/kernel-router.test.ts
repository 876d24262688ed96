import { expect, test } from 'vitest';
import { compilePath } from '../../src/netem/compile/index.js';
import type { Direction } from '../../src/netem/flow.js';
import type { PathSpec } from '../../src/netem/path.js';
import { rewriteEnd, transportOf } from '../../src/netem/rewrite/endpoint.js';
import {
  decodeFrame,
  emitFrame,
  type Frame,
  formatMac,
  isWholePacket,
  parseIpv4Address,
  parseMac,
  patchChecksummed,
  readUint16,
  readUint32,
  type Tcp,
  type TcpOption,
  tcpFlag,
  tcpFrame,
} from '../../src/packet/index.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';
import { interfaces, macs, type NetemAppliance } from '../../testbed/netem-appliance/index.js';
import { exchange, type Step } from '../netem/golden-exchange.js';
import { machineMac, probeMac } from '../netem/packets.js';
import { withNetemAppliance } from '../support/netem-appliance.js';
import { type Crossed, crossAppliance, SimulatedWorld, withPlainZero } from '../support/worlds.js';

/** NAT, connection tracking and a SYN proxy, in the simulator and in a kernel that routes. */

const side = (address: string, neighbour: string, mac: Uint8Array, routes: readonly string[]) => ({
  ...{ address, routes },
  neighbour: { address: neighbour, mac: formatMac(mac) },
});
const layout = {
  kind: 'router' as const,
  prober: side('172.29.0.1/24', '172.29.0.2', probeMac, ['10.0.0.0/8']),
  machine: side('172.31.0.1/16', '172.31.0.2', machineMac, []),
};

const { syn, ack, rst, fin, psh } = tcpFlag;

const ofPath = (path: string): PathSpec =>
  pathSpec(parseScenario(`machines: [{image: any}]\npath: {${path}}`, 'router').scenario);

/** The packet in a frame, without link and padding. */
function packetText(frame: Uint8Array): string {
  const plain = withPlainZero(frame);
  return Buffer.from(plain.subarray(14, 14 + readUint16(plain, 16))).toString('hex');
}

/**
 * Steps in which a kernel does something else: what its tracking calls invalid, it does not translate, and so there is no
 * answer to it.
 */
const unlikeOurs: Readonly<Record<string, readonly string[]>> = {
  'home-router-nat': [
    ...['odd', 'reset', 'RST out of nothing', 'FIN out of nothing', 'SYN and FIN out of nothing'],
  ],
  'firewall-conntrack': [],
};

const asked: readonly TcpOption[] = [
  { type: 'mss', value: 1400 },
  { type: 'sackPermitted' },
  { type: 'timestamps', value: 1000, echo: 0 },
  { type: 'nop' },
  { type: 'windowScale', shift: 7 },
];

/** What belongs to no connection. */
const outOfState: readonly Step[] = [
  ...(
    [
      ['ACK', ack],
      ['RST', rst],
      ['FIN', fin],
      ['SYN and FIN', syn | fin],
    ] as const
  ).map(([name, flags], index): Step => {
    const ends = { source: 0x0a000001, destination: 0xac1f0002 };
    const ports = { sourcePort: 50_000 + index, destinationPort: 22 };
    return {
      name: `${name} out of nothing`,
      direction: 'forward',
      frame: segment(ends, true, { ...ports, flags }, 0),
    };
  }),
  ...(['10.254.0.1', '10.0.0.77'] as const).map((to): Step => {
    const ends = { source: 0xac1f0002, destination: parseIpv4Address(to) };
    const flags = syn | ack;
    return {
      ...{ name: `SYN-ACK to ${to} out of nothing`, direction: 'reverse' },
      frame: segment(ends, false, { destinationPort: 50_100, flags }, 0),
    };
  }),
];

type World = 'ours' | 'theirs';

interface Differing {
  readonly step: string;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** One exchange in both worlds at once; what the ends answer follows from what reached them in each. */
class TwoWorlds {
  readonly differing: Differing[] = [];
  /** Packets that came out of the kernel. */
  crossed = 0;
  private readonly simulated: SimulatedWorld;
  private readonly arrived = { ours: new Map<string, Frame>(), theirs: new Map<string, Frame>() };

  constructor(
    spec: PathSpec,
    private readonly box: NetemAppliance,
    /** Whom the packets of the prober's side come from: connections of earlier exchanges are still known. */
    private readonly prober: number,
    private readonly text: (frame: Uint8Array, direction: Direction, world: World) => string,
  ) {
    this.simulated = new SimulatedWorld(spec);
  }

  get(world: World, step: string): Frame | undefined {
    return this.arrived[world].get(step);
  }

  async take(step: Step): Promise<void> {
    const { name, direction } = step;
    const [mine, its] = (['ours', 'theirs'] as const).map((world) => this.frameOf(step, world));
    const ours = mine ? this.simulated.cross(direction, [mine]) : { forward: [], reverse: [] };
    const expected = { forward: ours.forward.length, reverse: ours.reverse.length };
    const theirs = its
      ? await crossAppliance(this.box, direction, [its], expected)
      : { forward: [], reverse: [] };
    this.crossed += theirs.forward.length + theirs.reverse.length;
    this.keep('ours', step, ours);
    this.keep('theirs', step, theirs);
    const texts = (['ours', 'theirs'] as const).map((world, index) =>
      (['forward', 'reverse'] as const).flatMap((towards) =>
        [ours, theirs][index]![towards].map((frame) => `${towards} ${this.text(frame, towards, world)}`),
      ),
    );
    if (JSON.stringify(texts[0]) !== JSON.stringify(texts[1]))
      this.differing.push({ step: name, ours: texts[0]!, theirs: texts[1]! });
  }

  private frameOf(step: Step, world: World): Uint8Array | undefined {
    const asked = 'to' in step ? this.arrived[world].get(step.to) : undefined;
    if ('to' in step && !asked) return undefined;
    const frame = 'to' in step ? step.answer(asked!) : step.frame.slice();
    const transport = transportOf(frame);
    if (!('to' in step) && step.direction === 'forward' && transport)
      rewriteEnd(frame, transport, 'source', this.prober, readUint16(frame, transport.portAt.source));
    frame.set(parseMac(step.direction === 'forward' ? macs.prober : macs.machine), 0);
    return frame;
  }

  /** Under the step's own name what went on, and as `NAME back` what came back. */
  private keep(world: World, { name, direction }: Step, crossed: Crossed): void {
    for (const [towards, frames] of Object.entries(crossed))
      for (const frame of frames) {
        const decoded = decodeFrame(frame);
        if (isWholePacket(decoded))
          this.arrived[world].set(towards === direction ? name : `${name} back`, decoded);
      }
  }
}

async function through(box: NetemAppliance, spec: PathSpec, use: () => Promise<void>): Promise<void> {
  const { mode, commands, undo } = compilePath(spec, { interfaces });
  expect(mode).toBe('router');
  await box.apply(commands);
  await use();
  await box.apply(undo);
}

const proxied = (timestamps: boolean): PathSpec => ({
  // A kernel counts down what it routes, and not what its proxy sends.
  forward: [{ kind: 'ttl', decrement: 1 }],
  reverse: [],
  both: [
    {
      ...{ kind: 'syn-proxy', ports: [22], mss: 1400, windowScale: 5, sack: true, timestamps },
      ...{ window: 0, ttl: 128 },
    },
  ],
  boxes: [{ name: 'behind', forward: [], reverse: [{ kind: 'ttl', decrement: 1 }] }],
});

const client = (arrived: Frame, fields: Partial<Tcp>, data = 0) =>
  segment({ source: arrived.ipv4!.destination, destination: arrived.ipv4!.source }, true, fields, data);
const server = (arrived: Frame, fields: Partial<Tcp>, data = 0) =>
  segment({ source: arrived.ipv4!.destination, destination: arrived.ipv4!.source }, false, fields, data);

function segment(
  ends: { readonly source: number; readonly destination: number },
  forward: boolean,
  fields: Partial<Tcp>,
  data: number,
): Uint8Array {
  const ports = forward
    ? { sourcePort: 40_000, destinationPort: 22 }
    : { sourcePort: 22, destinationPort: 40_000 };
  return emitFrame(
    tcpFrame({
      ethernet: forward
        ? { source: probeMac, destination: machineMac }
        : { source: machineMac, destination: probeMac },
      ipv4: { ...ends, tos: 0x20 },
      tcp: { ...ports, ...fields },
      payload: new Uint8Array(data).fill(7),
    }),
  );
}

/** A connection through the proxy: the cookie comes back, the server answers, both send data, the server resets. */
function connection(options: readonly TcpOption[], echoed: boolean): readonly Step[] {
  const stamp = (arrived: Frame): TcpOption[] => {
    const sent = arrived.tcp!.options.find((option) => option.type === 'timestamps');
    const nop: TcpOption = { type: 'nop' };
    return sent && echoed ? [nop, nop, { type: 'timestamps', value: 1001, echo: sent.value }] : [];
  };
  const after = ({ tcp }: Frame) => ({
    sequence: tcp!.acknowledgment,
    acknowledgment: (tcp!.sequence + 1) >>> 0,
  });
  const [on, back] = ['forward', 'reverse'] as const;
  const begin = { source: 0x0a000001, destination: 0xac1f0002 };
  return [
    { name: 'syn', direction: on, frame: segment(begin, true, { sequence: 1000, options }, 0) },
    {
      ...{ name: 'ack', direction: on, to: 'syn back' },
      answer: (frame) => client(frame, { ...after(frame), flags: ack, window: 502, options: stamp(frame) }),
    },
    {
      ...{ name: 'syn-ack', direction: back, to: 'ack' },
      answer: (frame) =>
        server(frame, {
          ...{ sequence: 7_000_000, acknowledgment: (frame.tcp!.sequence + 1) >>> 0, flags: syn | ack },
          ...{
            window: 65_160,
            options: [{ type: 'mss', value: 1460 }, { type: 'nop' }, { type: 'windowScale', shift: 3 }],
          },
        }),
    },
    {
      ...{ name: 'data', direction: on, to: 'syn back' },
      answer: (frame) => client(frame, { ...after(frame), flags: psh | ack, window: 502 }, 5),
    },
    {
      ...{ name: 'data back', direction: back, to: 'data' },
      answer: (frame) =>
        server(
          frame,
          { sequence: 7_000_001, acknowledgment: (frame.tcp!.sequence + 5) >>> 0, flags: psh | ack },
          7,
        ),
    },
    {
      ...{ name: 'end', direction: back, to: 'data' },
      answer: (frame) => server(frame, { sequence: 7_000_008, flags: rst, window: 0 }),
    },
  ];
}

/** Less the numbers that each proxy draws by itself: its cookie, and its clock but for what that says. */
function withoutDrawn(worlds: TwoWorlds, frame: Uint8Array, direction: Direction, world: World): string {
  const plain = frame.slice();
  const tcp = 34;
  const cookie = worlds.get(world, 'syn back')?.tcp?.sequence ?? readUint32(plain, tcp + 4);
  const { options } = decodeFrame(plain).tcp!;
  const put = (at: number, value: number) =>
    patchChecksummed(plain, tcp, tcp + 16, at, [value >>> 24, value >>> 16, value >>> 8, value]);
  if (direction === 'reverse') put(tcp + 4, (readUint32(plain, tcp + 4) - cookie) >>> 0);
  if (direction === 'forward' && plain[tcp + 13] === syn)
    put(tcp + 8, (readUint32(plain, tcp + 8) - cookie) >>> 0);
  const stamp = options.find((option) => option.type === 'timestamps');
  if (stamp) {
    const at =
      plain.findIndex((byte, index) => index >= tcp + 20 && byte === 8 && plain[index + 1] === 10) + 2;
    const drawn = direction === 'reverse' ? at : at + 4;
    put(drawn, readUint32(plain, drawn) & 0x3f);
  }
  return packetText(plain);
}

test('a kernel that routes translates, tracks and proxies to the same bytes', { timeout: 300_000 }, () =>
  withNetemAppliance(layout, async (box) => {
    let prober = 0x0a000001;
    for (const [name, unlike] of Object.entries(unlikeOurs)) {
      const spec = ofPath(`boxes: [${name}]`);
      await through(box, spec, async () => {
        const worlds = new TwoWorlds(spec, box, prober++, packetText);
        for (const step of [...exchange, ...outOfState]) await worlds.take(step);
        expect(
          worlds.differing.map(({ step }) => step),
          name,
        ).toEqual(unlike);
        expect(worlds.crossed, name).toBeGreaterThanOrEqual(9);
      });
    }
    for (const timestamps of [false, true]) {
      const spec = proxied(timestamps);
      await through(box, spec, async () => {
        const worlds: TwoWorlds = new TwoWorlds(spec, box, prober++, (frame, direction, world) =>
          withoutDrawn(worlds, frame, direction, world),
        );
        const steps = connection(asked, timestamps);
        for (const step of timestamps ? steps.slice(0, 2) : steps) await worlds.take(step);
        expect(worlds.differing, `timestamps ${timestamps}`).toEqual([]);
        expect(worlds.crossed).toBe(timestamps ? 2 : 7);
      });
    }
  }),
);
