import { expect, it } from 'vitest';
import { withCaptures } from '../../src/scenario/captures.js';
import { parseScenario } from '../../src/scenario/read.js';

const scenario = (captures: string, more = '') =>
  parseScenario(
    `machines: [{image: linux-5.10}]\npath: {boxes: [home-router-nat]}\n${more}captures: [${captures}]\n`,
    'a.yaml',
  );

it('takes points that the path has', () => {
  const points =
    'prober, machine, drops, before home-router-nat, after home-router-nat, forward 2, reverse 1';
  expect(scenario(points).scenario.captures).toEqual(points.split(', '));
  expect(withCaptures(scenario(''), ['machine'])).toMatchObject({
    input: { captures: ['machine'] },
    scenario: { captures: ['machine'] },
  });
});

it('says where a point stands that the path does not have, and what it may have meant', () => {
  expect(() => scenario('prober, after home-router')).toThrow(
    /captures.1: the path has no point "after home-router"; did you mean "after home-router-nat"/,
  );
  expect(() => scenario('x')).toThrow(/it has: prober, machine, drops, before/);
  expect(() => scenario('forward 9')).toThrow('no point "forward 9"');
  const conditions = 'conditions: [{name: bare}, {name: walled, path: {boxes: [firewall-strict]}}]\n';
  expect(() => scenario('after firewall-strict', conditions)).toThrow('the path of "bare" has no point');
  expect(() => withCaptures(scenario(''), ['probe'])).toThrow(/--capture: .*did you mean "prober"/);
});
