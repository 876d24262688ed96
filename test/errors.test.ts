import { describe, expect, it } from 'vitest';
import {
  CapabilityError,
  exitCode,
  formatError,
  InputError,
  InputErrors,
  InterruptedError,
  StackbedError,
} from '../src/errors.js';

const place = { file: 'a.scenario.yaml', line: 3, column: 7 };

describe('the errors of Stackbed', () => {
  it('carry the documented exit codes', () => {
    expect(exitCode).toEqual({ done: 0, expectationFailed: 1, badInput: 2, cannot: 3, interrupted: 4 });
    expect(new InputError('x').exitCode).toBe(2);
    expect(new InputErrors([new InputError('x')]).exitCode).toBe(2);
    expect(new CapabilityError('x').exitCode).toBe(3);
    expect(new InterruptedError('x').exitCode).toBe(4);
  });

  it('bear the name of their class and keep their cause', () => {
    const cause = new Error('ENOENT');
    const error = new CapabilityError('no qemu', { cause });
    expect(error).toBeInstanceOf(StackbedError);
    expect(error.name).toBe('CapabilityError');
    expect(error.cause).toBe(cause);
    expect('cause' in new CapabilityError('no qemu')).toBe(false);
  });
});

describe('formatError', () => {
  it('says where, what and what to do', () => {
    const error = new InputError('`copis` is not known', { place, remedy: 'did you mean `copies`?' });
    expect(formatError(error)).toBe('a.scenario.yaml:3:7: `copis` is not known\n  did you mean `copies`?');
  });

  it('leaves out what there is not', () => {
    expect(formatError(new InterruptedError('interrupted'))).toBe('interrupted');
    expect(formatError(new InputError('wrong', { remedy: 'mend it' }))).toBe('wrong\n  mend it');
    expect(formatError(new InputError('wrong', { place }))).toBe('a.scenario.yaml:3:7: wrong');
  });

  it('lists faults that were found together, each with its place', () => {
    const both = new InputErrors([new InputError('first', { place }), new InputError('second')]);
    expect(formatError(both)).toBe('a.scenario.yaml:3:7: first\nsecond');
    expect(both.message).toBe('first\nsecond');
  });
});
