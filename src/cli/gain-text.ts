import { noProbe } from '../dataset/column-member.js';
import { plural } from '../report/format.js';
import type { InformationGain } from '../report/result.js';
import { table } from './output.js';

/** Fields that several packets show together are of no probe. */
const probeText = (probe: number) => (probe === noProbe ? '-' : probe);
const bits = (value: number) => value.toFixed(3).padStart(6);

/** Titles a table and says how many of its rows are not shown. */
function shortened<Row>(
  rows: readonly Row[],
  show: number,
  head: readonly string[],
  cells: (row: Row) => readonly (string | number)[],
): string {
  const left = rows.length - show;
  return [table(head, rows.slice(0, show).map(cells)), ...(left > 0 ? [`... ${left} more`] : [])].join('\n');
}

/** What fields and probes tell, for people; `show` is the number of lines of each table. */
export function gainText(
  { entropy, fields, high_value, hierarchy, level, probes = [] }: InformationGain,
  { classes, machines }: { readonly classes: number; readonly machines: number },
  show: number,
): string {
  const head = `${hierarchy} level ${level}: ${plural(machines, 'machine')} of ${plural(classes, 'class', 'classes')}, entropy of the labels ${entropy.toFixed(3)} bits`;
  if (classes < 2) return `${head}: there is nothing to tell apart`;
  const telling = fields.filter(({ gain }) => gain > 0);
  const { choices = [], fields: chosen = [] } = high_value ?? {};
  if (choices.length === 0) return `${head}; no field tells anything about them`;
  return [
    head,
    `fields of most value, chosen again and again in the parts of the machines: ${chosen.join(', ')}\n${shortened(
      choices,
      show,
      ['field', 'probe', 'bits', 'machines', 'as well'],
      (one) => [
        one.field,
        probeText(one.probe),
        bits(one.gain),
        one.machines,
        one.alike.slice(0, 3).join(', '),
      ],
    )}`,
    shortened(telling, show, ['field', 'bits', 'best probe', 'probes in which it splits'], (one) => [
      ...[one.field, bits(one.gain), probeText(one.probe), one.columns],
    ]),
    ...(probes.length === 0
      ? []
      : [
          shortened(
            probes,
            show,
            ['probe', 'bits of its response', 'best field', 'bits', 'fields that split'],
            (one) => [one.probe, bits(one.gain), one.field, bits(one.field_gain), one.fields],
          ),
        ]),
  ].join('\n\n');
}
