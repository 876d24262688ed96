import { expect, it } from 'vitest';
import { InputErrors } from '../../src/errors.js';
import { waitingS } from '../../src/scenario/plan.js';
import { parseScenario } from '../../src/scenario/read.js';

const parse = (text: string) =>
  parseScenario(`machines: [{image: lwip-2.2.1}]\n${text}`, 'a.scenario.yaml').scenario;

it('machines are scanned where a scenario says so, three times unless it says how often', () => {
  expect(parse('').nmap).toBeUndefined();
  expect(parse('nmap: false').nmap).toBeUndefined();
  expect(parse('nmap: true').nmap).toEqual({ scans: 3 });
  expect(parse('nmap: {scans: 1}').nmap).toEqual({ scans: 1 });
});

it('a plan counts what scans and tools wait for', () => {
  const waiting = (text: string) => waitingS(parse(text));
  expect(waiting('')).toBe(0);
  expect(waiting('nmap: {scans: 6}')).toBeGreaterThan(waiting('nmap: {scans: 1}'));
  expect(waiting('experiments: [{kind: tools, tool: nmap}]')).toBeGreaterThan(0);
  expect(waiting('experiments: [{kind: tools, tool: p0f}]')).toBe(0);
});

it.each([
  [
    '{kind: accuracy, fields: [raw, semantic]}',
    /experiments\.0\.fields: "semantic" is learnt .*`nmap: true`/,
  ],
  ['{kind: accuracy, learner: [c45, nmap-no-guess]}', /"nmap-no-guess" is learnt .*`nmap: true`/],
  ['{kind: accuracy, fields: all}', /fields is "all".*raw, semantic, both/],
])('experiments that need scans are refused without: %s', (experiment, message) => {
  const read = () => parse(`experiments:\n  - ${experiment}`);
  expect(read).toThrow(InputErrors);
  expect(read).toThrow(message);
});

it('and are taken with them; what a number of scans cannot be is told', () => {
  const { experiments } = parse('nmap: true\nexperiments: [{kind: accuracy, learner: nmap, fields: both}]');
  expect(experiments[0]).toMatchObject({ learner: ['nmap'], fields: ['both'] });
  expect(() => parse('nmap: {scans: 0}')).toThrow(/scans/);
  expect(() => parse('nmap: {scan: 3}')).toThrow(/did you mean "scans"/);
});
