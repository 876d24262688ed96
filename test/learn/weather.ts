import type { FieldSpec } from '../../src/dataset/summary.js';
import { summariesOf } from '../dataset/matrix-table.js';

// J. R. Quinlan, Induction of Decision Trees (1986), table 1: shall we play?
const table = `
  sunny hot high calm no
  sunny hot high windy no
  overcast hot high calm yes
  rain mild high calm yes
  rain cool normal calm yes
  rain cool normal windy no
  overcast cool normal windy yes
  sunny mild high calm no
  sunny cool normal calm yes
  rain mild normal calm yes
  sunny mild normal windy yes
  overcast mild high windy yes
  overcast hot normal calm yes
  rain mild high windy no`;

const days = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(' '));

export const weather = {
  fields: ['outlook', 'temperature', 'humidity', 'wind'].map((name): FieldSpec => ({ name, kind: 'text' })),
  get summaries() {
    return summariesOf(
      weather.fields,
      days.map((day) => [day.slice(0, 4)]),
    );
  },
  labels: days.map((day) => day[4]!),
};
