import { describe, expect, it } from 'vitest';
import { type InputError, InputErrors } from '../../src/errors.js';
import { Path } from '../../src/netem/path.js';
import { decodeFrame, tcpFlag } from '../../src/packet/index.js';
import { middleboxes } from '../../src/scenario/middleboxes.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';
import { fromMachine, fromProber } from '../netem/two-way.js';

const scenario = (path: string) => `machines: [{image: linux-5.10}]\npath:\n  ${path}\n`;
const specOf = (path: string) => pathSpec(parseScenario(scenario(path), 'a.yaml').scenario);
const pathOf = (path: string, deliver: Path['send'] = () => {}) =>
  new Path({ spec: specOf(path), seed: 1, link: 'm', origin: 0x0a000001, deliver });

function faultOf(path: string): InputError {
  try {
    specOf(path);
  } catch (error) {
    if (error instanceof InputErrors) return error.errors[0]!;
    throw error;
  }
  throw new Error('no fault was found');
}

describe('the middlebox presets', () => {
  it('are those that scenarios are promised', () => {
    expect([...middleboxes.keys()]).toEqual(
      expect.arrayContaining([
        ...['home-router-nat', 'isp-cgnat', 'firewall-conntrack', 'firewall-strict', 'pppoe-mss-clamp'],
        ...['load-balancer-syn-proxy', 'vpn-tunnel', 'carrier-normaliser', 'cisco-asa-like'],
      ]),
    );
  });

  it.each([...middleboxes])('%s says what it is and where that is written', (name, { about, source }) => {
    expect(about).toMatch(/^[A-Z].*\.$/);
    expect(source).toMatch(/^\S.*[^:]$/s);
    expect(pathOf(`boxes: [${name}]`).describe('forward').length).toBeGreaterThan(0);
  });

  it.each([...middleboxes.keys()])('%s lets the prober see an answer to a plain SYN', (name) => {
    const seen: Uint8Array[] = [];
    const path: Path = pathOf(`boxes: [${name}]`, (direction, frame) => {
      if (direction === 'reverse') {
        seen.push(frame.slice());
        return;
      }
      const { ipv4, tcp } = decodeFrame(frame);
      path.send(
        'reverse',
        fromMachine({
          sourcePort: tcp!.destinationPort,
          destinationPort: tcp!.sourcePort,
          sequence: 77,
          acknowledgment: (tcp!.sequence + 1) >>> 0,
          flags: tcpFlag.syn | tcpFlag.ack,
          ipv4: { destination: ipv4!.source },
        }),
      );
    });
    path.send('forward', fromProber({ copy: 3, sequence: 1000, flags: tcpFlag.syn }));
    expect(seen).toHaveLength(1);
    const { ipv4, tcp } = decodeFrame(seen[0]!);
    expect(ipv4!.destination).toBe(0x0a000004);
    expect(tcp).toMatchObject({ sourcePort: 22, destinationPort: 40_000, acknowledgment: 1001 });
  });
});

describe('boxes in a scenario', () => {
  it('stand in the order in which they are named, behind what the path itself says', () => {
    const path = pathOf('boxes: [pppoe-mss-clamp, firewall-strict]\n  forward: [{loss: 1%}]');
    const [first, ...rest] = path.describe('forward');
    expect(first).toBe('loss 1%');
    expect(rest.slice(0, 4)).toEqual([
      'pppoe-mss-clamp: mss clamp 1452',
      'pppoe-mss-clamp: mtu 1492',
      'pppoe-mss-clamp: ttl decrement 1',
      'firewall-strict: fragments reassemble',
    ]);
    expect(path.describe('reverse')).toEqual([...rest].reverse());
  });

  it('may be written out', () => {
    const path = pathOf('boxes: [{name: my-router, both: [{nat: {}}], reverse: [{ttl: {set: 64}}]}]');
    expect(path.describe('forward')).toEqual(['my-router: nat 10.254.0.1']);
    expect(path.describe('reverse')).toEqual(['my-router: nat 10.254.0.1', 'my-router: ttl set 64']);
  });

  it.each([
    ['boxes: [home-router]', 11, /"home-router"; did you mean "home-router-nat"\?/],
    ['boxes: [zzzzzzzz]', 11, /valid: home-router-nat, /],
    ['boxes: [{name: a, forward: [{nat: {}}]}]', 37, /keeps state across both directions/],
    ['boxes: [{name: a, both: [{ttl: {set: 0}}]}]', 40, /ttl\.set is 0/],
    ['boxes: [{both: [{ttl: {set: 1}}]}]', 11, /name must be a string, found nothing/],
    ['boxes: [{name: Big Box}]', 18, /lower-case letters, digits and dashes/],
    ['boxes: [{name: a, stages: []}]', 21, /unknown key "stages"/],
    [
      'boxes: [{name: a, reverse: [{fault: {match: tcp, nth: 2, action: drop}}]}]',
      57,
      /path\.boxes\.0\.reverse\.0\.fault\.nth: answers come in the machine's own time/,
    ],
  ])('%s is a fault', (path, column, message) => {
    const fault = faultOf(path);
    expect(fault.message).toMatch(message);
    expect(fault.place).toEqual({ file: 'a.yaml', line: 3, column });
    expect(fault.exitCode).toBe(2);
  });
});
