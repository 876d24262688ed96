import { hierarchies } from '../analysis/experiments.js';
import { type ValuedField, valuedFields } from '../analysis/high-value.js';
import { html, type Markup } from '../escape.js';
import { formatBits, formatCount, formatRatio, plural } from '../format.js';
import { figure, howToRead, more, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { InformationGain, Result } from '../result.js';
import { barChart } from '../svg/bar-chart.js';

type ProbeGain = NonNullable<InformationGain['probes']>[number];

function fieldTable(rows: readonly ValuedField[]): Markup {
  return table<ValuedField>({
    caption: 'Fields of most value, in the order in which they were chosen',
    rows,
    sortable: true,
    columns: [
      { heading: 'Hierarchy', cell: ({ hierarchy }) => hierarchy },
      { heading: 'Level', number: true, cell: ({ level }) => level },
      { heading: 'Field', rowHeading: true, cell: ({ field }) => html`<code>${field}</code>` },
      { heading: 'Parts it splits', number: true, cell: ({ parts }) => formatCount(parts) },
      { heading: 'Largest part, machines', number: true, cell: ({ machines }) => formatCount(machines) },
      {
        heading: 'Most bits in a part',
        number: true,
        cell: ({ gain }) => formatBits(gain),
        key: ({ gain }) => gain,
      },
      {
        heading: 'Moved on one image by',
        cell: ({ causes }) => (causes.length > 0 ? causes.join(', ') : 'nothing in this run'),
      },
    ],
  });
}

function probeTable({ entropy, hierarchy, level, probes = [] }: InformationGain): Markup | null {
  if (probes.length === 0) return null;
  const about = `${hierarchy} level ${level}`;
  return more(
    `The ${plural(probes.length, 'probe')} whose responses tell most about ${about}`,
    table<ProbeGain>({
      caption: `Information gain of probes, ${about}, label entropy ${formatBits(entropy)}`,
      rows: probes,
      sortable: true,
      columns: [
        { heading: 'Probe', rowHeading: true, cell: ({ probe }) => html`#${probe}`, key: (one) => one.probe },
        { heading: 'Whole response', number: true, cell: (one) => formatBits(one.gain), key: (o) => o.gain },
        {
          heading: 'Share of entropy',
          number: true,
          cell: ({ gain }) => formatRatio(Math.min(gain, entropy), entropy),
          key: ({ gain }) => gain,
        },
        { heading: 'Best field', cell: ({ field }) => html`<code>${field}</code>` },
        {
          heading: 'By itself',
          number: true,
          cell: (one) => formatBits(one.field_gain),
          key: (one) => one.field_gain,
        },
        { heading: 'Fields that split', number: true, cell: ({ fields }) => formatCount(fields) },
      ],
    }),
  );
}

/** Paper, figure 4: of the choices, those of fields that something other than the image moved. */
function proneChart(gains: readonly InformationGain[], moved: Result['moved'] = []): Markup | null {
  const prone = new Set(moved.flatMap(({ fields }) => fields.map(({ field }) => field)));
  const bars = gains.flatMap(({ hierarchy, high_value: value, level }) => {
    const choices = value?.choices ?? [];
    const count = choices.filter(({ field }) => prone.has(field)).length;
    return choices.length === 0
      ? []
      : [{ label: `${hierarchy}, level ${level}`, value: count, text: `${count} of ${choices.length}` }];
  });
  if (bars.length === 0 || moved.length === 0) return null;
  return figure({
    chart: barChart({
      id: 'prone-fields',
      title: 'Choices of fields that are prone to overfitting, by hierarchy and level',
      description: `${bars.map(({ label, text }) => `${label}: ${text}`).join('; ')}.`,
      bars,
      xTitle: 'Choices of fields that moved on one image',
    }),
    caption:
      'Of the fields chosen to split the machines, those that something other than the image moved in this run (paper, figure 4).',
  });
}

/** Fields chosen again and again in the parts of the machines (paper section 4.2.2), and the best probes. */
export function highValueSection(result: Result): Section | undefined {
  const gains = [...result.information_gain].sort(
    (a, b) => hierarchies.indexOf(a.hierarchy) - hierarchies.indexOf(b.hierarchy) || a.level - b.level,
  );
  if (!gains.some(({ high_value }) => high_value)) return undefined;
  const rows = valuedFields({ ...result, information_gain: gains });
  return {
    id: 'high-value',
    title: 'Fields and probes of most value',
    body: html`${proneChart(gains, result.moved)}${rows.length > 0 ? fieldTable(rows) : nothing('No field tells anything about the labels.')}${howToRead(
      'The field that tells most about the label splits the machines; in each part that still has several classes the field that tells most there does, and so on. What a learner builds on is among these fields. A field that moved between machines of one image, because of their memory or a setting, tells about the machine rather than its system: a model that leans on it has learnt the fleet.',
    )}${gains.map(probeTable)}`,
  };
}
