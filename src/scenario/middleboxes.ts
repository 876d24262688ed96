import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../package-root.js';
import { section } from './section-schema.js';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a name is lower-case letters, digits and dashes');

/** A middlebox that a scenario writes out: a stretch of the path with a name. */
export const ownBox = z
  .strictObject({ name, ...section })
  .meta({ description: 'a middlebox: stages with a name' });

const lists = z.strictObject(section);

const presets = z.record(
  name,
  z.strictObject({
    about: z.string().describe('what such a box is'),
    source: z.string().describe('where its behaviour is written down'),
    ...section,
  }),
);

/** A named middlebox of scenarios/presets. */
export interface Middlebox {
  readonly about: string;
  readonly source: string;
  readonly section: z.output<typeof lists>;
}

function load(): ReadonlyMap<string, Middlebox> {
  const text = readFileSync(join(packageRoot, 'scenarios/presets/middleboxes.yaml'), 'utf8');
  const boxes = Object.entries(presets.parse(parse(text)));
  return new Map(
    boxes.map(([box, { about, source, ...stages }]) => [box, { about, source, section: stages }]),
  );
}

/** The presets by name. Loading throws when the file is invalid, which is a fault of Stackbed's own. */
export const middleboxes = load();
