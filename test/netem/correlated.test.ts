import { describe, expect, it } from 'vitest';
import { type Process, ProcessRun } from '../../src/netem/correlated.js';
import { keyedRandom } from '../../src/random.js';

/** Keeps its state with probability 0.9, else draws it anew: forgets, with a correlation of 0.9. */
const sticky: Process<number> = {
  name: 'sticky',
  start: (draw) => draw(0),
  next: (state, draw) => (draw(0) < 0.9 ? state : draw(1)),
};

const run = (seed = 1) => new ProcessRun(sticky, keyedRandom(seed, 'test'));
const states = (places: readonly number[], ordinal = 0, copy = 0) => {
  const one = run();
  return places.map((place) => one.at(place, ordinal, copy));
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a process over the sequence of probes', () => {
  it('has the same state at a place, whichever places were asked for before', () => {
    const places = upTo(5000);
    const inOrder = states(places);
    expect(states([...places].reverse()).reverse()).toEqual(inOrder);
    expect(states([4999])).toEqual([inOrder[4999]]);
  });

  it('goes on where one block of places ends and the next begins', () => {
    const found = states(upTo(400 * 1024));
    const kept = upTo(399).filter((block) => found[block * 1024 + 1023] === found[block * 1024 + 1024]);
    expect(kept.length / 399).toBeGreaterThan(0.85);
    expect(kept.length / 399).toBeLessThan(0.95);
  });

  it('runs anew for later packets of a flow, for copies, and for other seeds', () => {
    const first = states(upTo(200));
    expect(states(upTo(200), 1)).not.toEqual(first);
    expect(states(upTo(200), 0, 1)).not.toEqual(first);
    const other = run(2);
    expect(upTo(200).map((place) => other.at(place, 0, 0))).not.toEqual(first);
  });

  it('can be read at every place there is', () => {
    const one = run();
    for (const place of [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) expect(one.at(place, 0, 0)).toBeLessThan(1);
  });

  it('stays right when more blocks were read than are kept', () => {
    const one = run();
    const early = upTo(100).map((place) => one.at(place, 0, 0));
    for (let block = 0; block < 200; block++) one.at(block * 1024, 0, 0);
    expect(upTo(100).map((place) => one.at(place, 0, 0))).toEqual(early);
  });
});
