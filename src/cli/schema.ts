import { Argument, Command } from 'commander';
import { resultJsonSchema } from '../report/json-schema.js';
import { scenarioJsonSchema } from '../scenario/json-schema.js';
import { toolJsonSchema } from '../scenario/tool/schema.js';
import { printJson } from './output.js';

const schemas = { scenario: scenarioJsonSchema, result: resultJsonSchema, tool: toolJsonSchema };

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of scenario files, of result.json or of tools')
    .addArgument(new Argument('<name>').choices(Object.keys(schemas)))
    .option('--json', 'accepted for symmetry: the output is always JSON')
    .action((name: keyof typeof schemas) => printJson(schemas[name]()));
}
