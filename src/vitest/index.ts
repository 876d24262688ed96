/** Stackbed in Vitest: a fixture that boots once a file, and matchers about packets. Importing it adds the matchers. */
import './matchers.js';

export { expect } from 'vitest';
export * from '../library/index.js';
export { type FixtureOptions, withTestbed } from './fixture.js';
