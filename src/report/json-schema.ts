import { z } from 'zod';
import { result, resultSchemaId } from './result.js';

/**
 * JSON Schema (draft 2020-12) of `result.json`. It admits properties it does not know, as
 * {@link parseResult} does: adding a property does not raise the version of the contract.
 */
export function resultJsonSchema(): Record<string, unknown> {
  const { $schema, ...body } = z.toJSONSchema(result, { target: 'draft-2020-12', io: 'input' });
  return {
    $schema,
    $id: `urn:stackbed:${resultSchemaId.replaceAll('/', ':')}`,
    title: 'Stackbed result',
    description: `What one run measured (${resultSchemaId}): the machines, their responses, and the accuracy of the learners.`,
    ...body,
  };
}
