import { describe, expect, it } from 'vitest';
import { formatError, type InputErrors, StackbedError } from '../../src/errors.js';
import { Path } from '../../src/netem/path.js';
import { checkConditions } from '../../src/scenario/check-conditions.js';
import { conditionsOf, trialsOf } from '../../src/scenario/conditions.js';
import { pathSpec } from '../../src/scenario/path-spec.js';
import { parseScenario } from '../../src/scenario/read.js';
import { fleetOf } from './scenario-text.js';

const head = 'machines: [{image: lwip-2.2.1}]\n';

const scenarioOf = (text: string) => parseScenario(head + text, 'x.scenario.yaml').scenario;

function paths(text: string) {
  return conditionsOf(scenarioOf(text)).map((condition) => {
    const path = new Path({ spec: pathSpec(condition), seed: 1, link: 'm', deliver: () => {} });
    return { name: condition.name, forward: path.describe('forward'), reverse: path.describe('reverse') };
  });
}

function fault(text: string): string {
  try {
    scenarioOf(text);
  } catch (error) {
    if (error instanceof StackbedError) return formatError(error as InputErrors);
    throw error;
  }
  throw new Error('the scenario is valid');
}

describe('conditions of a scenario', () => {
  it('are the path itself, without a name, where none is named', () => {
    const scenario = scenarioOf('path: {forward: [{loss: 1%}]}');
    expect(conditionsOf(scenario)).toMatchObject([{ name: '', slug: '', path: scenario.path }]);
    const fleet = fleetOf(`${head}path: {}`);
    expect(trialsOf(scenario, fleet).map(({ id }) => id)).toEqual(fleet.map(({ id }) => id));
  });

  it('stand behind the path, nearer to the machine', () => {
    const text = `path: {forward: [{delay: 1ms}], reverse: [{delay: 2ms}]}
conditions:
  - {name: clean}
  - {name: worse, path: {forward: [{loss: 1%}], reverse: [{loss: 2%}], boxes: [ecn-bleaching-router]}}
`;
    const bleach = ['ecn-bleaching-router: tos set 0', 'ecn-bleaching-router: ttl decrement 1'];
    expect(paths(text)).toEqual([
      { name: 'clean', forward: ['delay 1ms'], reverse: ['delay 2ms'] },
      {
        name: 'worse',
        forward: ['delay 1ms', 'loss 1%', ...bleach],
        reverse: [...bleach.toReversed(), 'loss 2%', 'delay 2ms'],
      },
    ]);
  });

  it('are of all machines, or of those that they name', () => {
    const text = `machines: [{image: lwip-2.2.1, instances: [{}, {}]}, {image: linux-5.10, ram: [256M, 1G]}]
conditions:
  - {name: clean}
  - {name: nat, path: {boxes: [home-router-nat]}, machines: [linux-5.10-1G, lwip-*-2]}
`;
    const { scenario } = parseScenario(text, 'x.scenario.yaml');
    expect(trialsOf(scenario, fleetOf(text)).map(({ id }) => id)).toEqual([
      'lwip-2.2.1-256M@clean',
      'lwip-2.2.1-256M-2@clean',
      'lwip-2.2.1-256M-2@nat',
      'linux-5.10-256M@clean',
      'linux-5.10-1G@clean',
      'linux-5.10-1G@nat',
    ]);
    const read = parseScenario(text.replace('linux-5.10-1G,', 'linux-5.10-2G,'), 'x.scenario.yaml');
    expect(() => checkConditions(read, fleetOf(text))).toThrow(
      'no machine of the scenario is called "linux-5.10-2G"',
    );
    expect(() => checkConditions(parseScenario(text, 'x.scenario.yaml'), fleetOf(text))).not.toThrow();
  });

  it('are of all machines where they come first', () => {
    const found = fault('conditions: [{name: clean, machines: ["lwip*"]}, {name: nat}]');
    expect(found).toContain('the first condition is of all machines');
  });

  it('are one for each value of a sweep, in both directions or in one', () => {
    expect(paths('conditions: [{sweep: {loss: [0%, 0.5%]}}]')).toEqual([
      { name: 'loss 0%', forward: ['loss 0%'], reverse: ['loss 0%'] },
      { name: 'loss 0.5%', forward: ['loss 0.5%'], reverse: ['loss 0.5%'] },
    ]);
    const text = `conditions:
  - {name: clean}
  - {name: late, direction: reverse, sweep: {reorder: {probability: [10%, 50%], delay: 5ms}}}
`;
    expect(paths(text)).toEqual([
      { name: 'clean', forward: [], reverse: [] },
      { name: 'late 10%', forward: [], reverse: ['reorder 10% delay 5ms'] },
      { name: 'late 50%', forward: [], reverse: ['reorder 50% delay 5ms'] },
    ]);
  });

  it('say what was swept, as a number where it is one', () => {
    const { conditions } = scenarioOf('conditions: [{sweep: {delay: [10ms, 1.5s]}}, {sweep: {df: [clear]}}]');
    expect(conditions.map(({ swept }) => swept)).toEqual([
      { stage: 'delay', value: '10ms', number: 10, unit: 'ms' },
      { stage: 'delay', value: '1.5s', number: 1.5, unit: 's' },
      { stage: 'df', value: 'clear', number: null, unit: '' },
    ]);
  });

  it('make a trial of each machine, with an id that a file may have', () => {
    const scenario = scenarioOf('conditions: [{name: clean}, {sweep: {loss: [0.5%, 10%]}}]');
    const ids = trialsOf(scenario, fleetOf(head)).map(({ id }) => id);
    expect(ids).toEqual(['lwip-2.2.1-256M@clean', 'lwip-2.2.1-256M@loss_0.5', 'lwip-2.2.1-256M@loss_10']);
  });
});

const many = (count: number) => Array.from({ length: count }, (_, index) => `${index}ms`).join(', ');

describe('faults in conditions', () => {
  it.each([
    ['conditions: [{name: a}, {name: a}]', '2:25: conditions.1: two conditions are called "a"'],
    ['conditions: [{name: a b}, {name: a_b}]', 'which differs from "a b" in too little'],
    [
      'conditions: [{sweep: {loss: [1%]}}, {sweep: {loss: [1%]}}]',
      'conditions.1: two conditions are called "loss 1%"',
    ],
    ['conditions: [{path: {}}]', '2:14: conditions.0: a condition has a `name` or a `sweep`'],
    ['conditions: [{name: ../a}]', 'a name of a condition is letters'],
    ['conditions: [{nam: a}]', 'unknown key "nam" in conditions.0; did you mean "name"?'],
    ['conditions: [{name: a, direction: forward}]', 'only a `sweep` has a direction'],
    ['conditions: [{sweep: {loss: []}}]', '2:29: conditions.0.sweep.loss: the list of a sweep is empty'],
    ['conditions: [{sweep: {loss: 1%}}]', 'nothing is swept: give a list'],
    ['conditions: [{sweep: {los: [1%]}}]', 'unknown key "los" in conditions.0.sweep; did you mean "loss"?'],
    ['conditions: [{sweep: {}}]', 'a sweep has exactly one stage'],
    ['conditions: [{sweep: {loss: [1%], duplicate: [1%]}}]', 'a sweep has exactly one stage'],
    [
      'conditions: [{sweep: {delay: {time: [1ms], jitter: [1ms]}}}]',
      'conditions.0.sweep.delay.jitter: a sweep has one list',
    ],
    [
      'conditions: [{sweep: {loss: [1%, 101%]}}]',
      '2:34: conditions.0.sweep.loss.1: "101%" is not a probability',
    ],
    ['conditions: [{sweep: {loss: {gemodel: {p: [1%, 102%]}}}}]', '"102%" is not a probability'],
    ['conditions: [{sweep: {delay: [-1ms, 2ms]}}]', '2:31: conditions.0.sweep.delay.0: '],
    [`conditions: [{sweep: {delay: [${many(33)}]}}]`, 'a sweep has at most 32 values'],
    [
      `conditions: [{name: a, sweep: {delay: [${many(32)}]}}, {name: b, sweep: {delay: [${many(32)}]}}, {name: c}]`,
      'there are 65 conditions; at most 64 are run',
    ],
    ['conditions: [{direction: forward, sweep: {isn: {randomise: [both]}}}]', 'leave `direction` out'],
    ['conditions: [{name: a, path: {boxes: [firewal-strict]}}]', 'did you mean "firewall-strict"?'],
    [
      `path: {forward: [{reorder: {probability: 5%, delay: 1ms}}]}
conditions: [{name: a, path: {forward: [{fault: {match: tcp, nth: 3, action: drop}}]}}]`,
      '3:14: conditions.0: with the whole path before it, packets come in no certain order after a reorder',
    ],
    ['experiments: [{kind: noise}]', 'experiments.0.kind: it compares network conditions: name two or more'],
    [
      'conditions: [{name: a}, {name: b}]\nexperiments: [{kind: noise, clean: c}]',
      '3:36: experiments.0.clean: no condition is called "c"; there are: a, b',
    ],
    [
      'conditions: [{name: a}, {name: b}]\nexperiments: [{kind: noise, train: dirty}]',
      'experiments.0.train is "dirty"; valid: clean, noisy, others',
    ],
    ['experiments: [{kind: accurate}]', 'experiments.0.kind is "accurate"; valid: accuracy, noise'],
  ])('%s', (text, message) => {
    expect(fault(text)).toContain(message);
  });

  it('of a value that all conditions of a sweep have are told once', () => {
    const told = fault('conditions: [{sweep: {reorder: {probability: [1%, 2%, 3%], delay: fast}}}]');
    expect(told.split('\n')).toHaveLength(1);
    expect(told).toContain('2:67: conditions.0.sweep.reorder.delay: "fast" is not a time');
  });
});
