import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatError, type InputErrors, StackbedError } from '../../src/errors.js';
import { Path } from '../../src/netem/path.js';
import { packageRoot } from '../../src/package-root.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';

const head = 'machines: [{image: linux-5.10}]\npath:\n';

function describePath(lists: string) {
  const { scenario } = parseScenario(head + lists, 'x.scenario.yaml');
  const path = new Path({ spec: pathSpec(scenario), seed: 1, link: 'm1', deliver: () => {} });
  return { forward: path.describe('forward'), reverse: path.describe('reverse') };
}

const forward = (...stages: string[]) => `  forward:\n${stages.map((stage) => `    - ${stage}\n`).join('')}`;

function fault(lists: string): string {
  try {
    parseScenario(head + lists, 'x.scenario.yaml');
  } catch (error) {
    if (error instanceof StackbedError) return formatError(error as InputErrors);
    throw error;
  }
  throw new Error('the scenario is valid');
}

describe('stages as a scenario writes them', () => {
  it.each([
    ['loss: 5%', 'loss 5%'],
    ['loss: {probability: 5%, correlation: 25%}', 'loss 5% 25%'],
    ['loss: {gemodel: {p: 1%}}', 'loss gemodel 1% 99% 100% 0%'],
    ['loss: {gemodel: {p: 1%, r: 10%, 1-h: 70%, 1-k: 0.1%}}', 'loss gemodel 1% 10% 70% 0.1%'],
    ['loss: {state: {p13: 10%}}', 'loss state 10% 90% 0% 100% 0%'],
    ['delay: 10ms', 'delay 10ms'],
    ['delay: {time: 10ms, jitter: 2ms}', 'delay 10ms 2ms'],
    [
      'delay: {time: 10ms, jitter: 2ms, correlation: 25%, distribution: normal}',
      'delay 10ms 2ms 25% distribution normal',
    ],
    ['duplicate: {probability: 1%, correlation: 9%}', 'duplicate 1% 9%'],
    ['corrupt: 0.1%', 'corrupt 0.1%'],
    ['reorder: {probability: 25%, delay: 5ms}', 'reorder 25% delay 5ms'],
    [
      'reorder: {probability: 25%, correlation: 50%, gap: 5, delay: {time: 5ms, jitter: 1ms}}',
      'reorder 25% 50% gap 5 delay 5ms 1ms',
    ],
    ['rate: 1mbit', 'rate 1mbit'],
    ['rate: {rate: 56kbit, packet_overhead: 20, cell_size: 48, cell_overhead: 5}', 'rate 56kbit 20 48 5'],
    ['slot: {min: 1ms, max: 5ms, packets: 10, bytes: 3000}', 'slot 1ms 5ms packets 10 bytes 3000'],
    ['slot: {time: 5ms, jitter: 1ms, distribution: pareto}', 'slot 5ms 1ms distribution pareto'],
    ['limit: 100', 'limit 100'],
    ['fault: {match: tcp.flags == SYN, nth: [3, 5], action: drop}', 'fault tcp.flags == SYN nth 3,5 drop'],
    [
      'fault: {match: tcp, nth: 1, per: flow, action: hold, time: 1s}',
      'fault tcp nth 1 per flow hold 1000ms',
    ],
    ['fault: {match: tcp, action: truncate, bytes: 40}', 'fault tcp truncate 40'],
    ['{loss: 5%, at: 10s, until: 20s}', 'loss 5% at 10s until 20s'],
    ['{loss: 5%, probes: 100-199}', 'loss 5% probes 100-199'],
    ['{loss: 5%, probes: 7}', 'loss 5% probes 7-7'],
  ])('%s', (stage, text) => {
    expect(describePath(forward(stage)).forward).toEqual([text]);
  });

  it('stand in both directions where they are written so', () => {
    const lists = '  both: [{loss: 1%}, {ttl: {decrement: 1}}]\n  reverse: [{delay: 1ms}]\n';
    expect(describePath(lists)).toEqual({
      forward: ['loss 1%', 'ttl decrement 1'],
      reverse: ['ttl decrement 1', 'loss 1%', 'delay 1ms'],
    });
  });
});

it('the path that the README shows is one', () => {
  const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
  const [, shown] = /```yaml\n(path:\n.*?)```/s.exec(readme)!;
  expect(describePath(shown!.replace('path:\n', '')).forward.length).toBeGreaterThan(5);
});

describe('a stage that is not right is told with its place', () => {
  const at = 'x.scenario.yaml:4:';
  it.each([
    ['loss: {gemodel: {p: 120%}}', `${at}27: path.forward.0.loss.gemodel.p: "120%" is not a probability`],
    [
      'loss: {state: {p13: 20%, p14: 90%}}',
      `${at}21: path.forward.0.loss.state: p13 and p14 are more than 100%`,
    ],
    ['loss: {state: {p13: 20%, p31: 50%, p32: 51%}}', 'p31 and p32 are more than 100% together'],
    [
      'loss: {probability: 20%, correlation: 100%}',
      'path.forward.0.loss.correlation: a correlation is at most 99%',
    ],
    ['delay: {time: 10ms, jitter: -3ms}', `${at}35: path.forward.0.delay.jitter: "-3ms" is not a time`],
    ['delay: {time: 10ms, distribution: normal}', 'give a `jitter` too'],
    ['delay: {time: 10ms, jitter: 1ms, distribution: norml}', 'did you mean "normal"?'],
    ['reorder: {probability: 5%, gap: 0, delay: 1ms}', `${at}39: path.forward.0.reorder.gap is 0`],
    ['rate: 0mbit', `${at}13: path.forward.0.rate: "0mbit" is not a rate`],
    ['rate: {rate: 1mbit, overhead: 4}', 'unknown key "overhead" in path.forward.0.rate'],
    ['slot: {min: 10ms, max: 2ms}', `${at}30: path.forward.0.slot.max: \`max\` is less than \`min\``],
    ['slot: {min: 10ms, jitter: 2ms}', 'give `min` and `max`, or `time`, `jitter` and `distribution`'],
    ['limit: 0', `${at}14: path.forward.0.limit is 0`],
    ['{loss: 1%, at: 3s, until: 2s}', '`until` is not after `at`'],
    ['{loss: 1%, probes: 20-10}', '"20-10" is no range'],
    ['{at: 3s}', 'a stage has exactly one kind'],
    ['fault: {match: tcp, action: dropp}', 'path.forward.0.fault.action is "dropp"; did you mean "drop"?'],
    ['fault: {match: tcp, action: hold}', '`hold` needs `time`'],
    ['fault: {match: tcp, action: drop, bytes: 30}', '`drop` takes no `bytes`'],
    [
      'fault: {match: "tcp.flag == SYN", action: drop}',
      `${at}22: path.forward.0.fault.match: at character 1: there is no field \`tcp.flag\`; did you mean \`tcp.flags\`?\n` +
        '  tcp.flag == SYN\n  ^',
    ],
  ])('%s', (stage, message) => {
    const text = fault(forward(stage));
    expect(text).toContain(message);
    expect(text.split('\n').filter((line) => line.startsWith('x.scenario.yaml:'))).toHaveLength(1);
  });
});

describe('counting the packets of a path', () => {
  const counting = 'fault: {match: tcp, nth: 3, action: drop}';

  it('is for where their order is certain', () => {
    for (const before of ['delay: 5ms', 'loss: 5%', 'rate: 1mbit'])
      expect(describePath(forward(before, counting)).forward).toHaveLength(2);
    const both = '  both: [{fault: {match: tcp and direction == forward, nth: 3, action: drop}}]\n';
    expect(describePath(both).forward).toHaveLength(1);
    expect(
      describePath(`  reverse: [{${counting.replace('nth: 3', 'nth: 3, per: flow')}}]\n`).reverse,
    ).toHaveLength(1);
  });

  it.each([
    'delay: {time: 5ms, jitter: 1ms}',
    'reorder: {probability: 5%, delay: 1ms}',
    'fault: {match: tcp, action: hold, time: 1ms}',
  ])('is refused after %s', (before) => {
    expect(fault(forward(before, counting))).toContain(
      'path.forward.1.fault.nth: packets come in no certain order',
    );
  });

  it('is refused for answers', () => {
    expect(fault(`  reverse: [{${counting}}]\n`)).toContain(
      "path.reverse.0.fault.nth: answers come in the machine's",
    );
    expect(fault(`  both: [{${counting}}]\n`)).toContain('or add `direction == forward`');
  });
});
