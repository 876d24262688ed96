import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendWindow } from '../../src/probe/send-window.js';

const returned = (window: SendWindow, times: number) => {
  for (let time = 0; time < times; time++) window.returned();
};

test('grows by a batch for each window that came back, up to its limit', () => {
  const window = new SendWindow(512, 64);
  expect(window.batches).toBe(4);
  returned(window, 4);
  expect(window.batches).toBe(5);
  returned(window, 4);
  expect(window.batches).toBe(5);
  returned(window, 1);
  expect(window.batches).toBe(6);
  returned(window, 1000);
  expect(window.batches).toBe(8);
});

test('is halved by a loss, and begins to grow anew', () => {
  const window = new SendWindow(1024, 64);
  returned(window, 3);
  window.lost();
  expect(window.batches).toBe(2);
  returned(window, 1);
  expect(window.batches).toBe(2);
  returned(window, 1);
  expect(window.batches).toBe(3);
});

test('always lets one batch go, and never more than the limit', () => {
  const limits = fc
    .integer({ min: 1, max: 4096 })
    .chain((most) =>
      fc.record({ most: fc.constant(most), batch: fc.integer({ min: 1, max: Math.min(64, most) }) }),
    );
  fc.assert(
    fc.property(limits, fc.array(fc.boolean(), { maxLength: 500 }), ({ most, batch }, events) => {
      const window = new SendWindow(most, batch);
      for (const lost of events) {
        if (lost) window.lost();
        else window.returned();
        expect(window.batches).toBeGreaterThanOrEqual(1);
        expect(window.batches * batch).toBeLessThanOrEqual(most);
      }
    }),
  );
});
