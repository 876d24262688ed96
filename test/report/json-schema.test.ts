import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultJsonSchema } from '../../src/report/json-schema.js';
import { fixtureNames, makers } from './fixtures/index.js';

const validate = new Ajv2020({ strict: true, strictTuples: false }).compile(resultJsonSchema());

describe('the JSON Schema of result.json', () => {
  it('is named, titled and described, and repeats the descriptions of the contract', () => {
    const schema = resultJsonSchema();
    expect(schema).toMatchObject({
      $id: 'urn:stackbed:stackbed.result:1',
      title: 'Stackbed result',
      type: 'object',
    });
    expect(JSON.stringify(schema)).toContain('spawn of the machine to its first TCP answer');
  });

  it.each(fixtureNames)('admits the %s fixture', (name) => {
    const valid = validate(JSON.parse(JSON.stringify(makers[name]())));
    expect(validate.errors).toBeNull();
    expect(valid).toBe(true);
  });

  it('refuses a wrong type, a missing part and a value out of range', () => {
    const small = makers.small();
    const { dataset: _, ...without } = small;
    expect(validate(without)).toBe(false);
    expect(validate({ ...small, seed: '7' })).toBe(false);
    expect(validate({ ...small, experiments: [{ ...small.experiments[0], accuracy: 2 }] })).toBe(false);
    expect(validate({ ...small, experiments: [{ ...small.experiments[0], ci95: [0.1] }] })).toBe(false);
  });
});
