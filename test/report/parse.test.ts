import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { parseResult } from '../../src/report/parse.js';
import { fixtureNames, makers } from './fixtures/index.js';

function errorOf(json: unknown): InputError {
  try {
    parseResult(json, 'run/result.json');
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('accepted');
}

const copy = () => JSON.parse(JSON.stringify(makers.small()));

describe('parseResult', () => {
  it.each(fixtureNames)('accepts the %s fixture', (name) => {
    const result = makers[name]();
    expect(parseResult(JSON.parse(JSON.stringify(result)), 'result.json')).toEqual(result);
  });

  it('drops what it does not know, so that the contract can grow', () => {
    expect(parseResult({ ...copy(), later: 1 }, 'result.json')).toEqual(makers.small());
  });

  it('names file, path, what belongs there and what was found', () => {
    const json = copy();
    json.machines[2].boot_ms = 'soon';
    expect(errorOf(json).message).toBe(
      'run/result.json: machines[2].boot_ms: expected a number, found "soon"',
    );
    expect(errorOf(json).remedy).toContain('result.json');
  });

  it.each([
    [
      'a missing property',
      (json: Json) => delete json.collection.copies,
      'collection.copies: expected a number, found nothing',
    ],
    [
      'a word out of a list',
      (json: Json) => (json.machines[0].status = 'ok'),
      'machines[0].status: expected "measured" or "failed", found "ok"',
    ],
    [
      'a share above one',
      (json: Json) => (json.experiments[0].accuracy = 1.5),
      'experiments[0].accuracy: expected at most 1, found 1.5',
    ],
    [
      'a short array',
      (json: Json) => json.machines[0].labels.kernel.pop(),
      'machines[0].labels.kernel: expected an array of at least 3, found an array of 2',
    ],
    [
      'an array for an object',
      (json: Json) => (json.host = []),
      'host: expected an object, found an array of 0',
    ],
  ])('explains %s', (_, spoil, message) => {
    const json = copy();
    spoil(json);
    expect(errorOf(json).message).toBe(`run/result.json: ${message}`);
  });

  it.each([null, 7, 'text', [], {}])('refuses %j', (json) => {
    expect(errorOf(json).message).toMatch(/^run\/result\.json: /);
  });

  it('says when the result is of another version of the contract', () => {
    const error = errorOf({ ...copy(), schema: 'stackbed.result/9' });
    expect(error.message).toBe(
      'run/result.json: schema: expected "stackbed.result/1", found "stackbed.result/9"',
    );
    expect(error.remedy).toContain('version of Stackbed');
  });

  it('shows five faults and counts the rest', () => {
    const json = copy();
    for (const machine of json.machines) {
      machine.answered = -1;
      machine.silent = -1;
      machine.partial = -1;
    }
    const lines = errorOf(json).message.split('\n');
    expect(lines.length).toBe(6);
    expect(lines[5]).toBe('run/result.json: 4 more');
  });

  it('lets no control character of the file into the message', () => {
    expect(errorOf({ ...copy(), schema: '\u001b[2J' }).message).not.toContain('\u001b');
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the tests break a document on purpose
type Json = any;
