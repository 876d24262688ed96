import { z } from 'zod';
import { scenarioSchema } from './schema.js';

/** JSON Schema (draft 2020-12) of scenario files as they are written, units and all. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return { $id: 'urn:stackbed:scenario', ...z.toJSONSchema(scenarioSchema, { io: 'input', reused: 'ref' }) };
}
