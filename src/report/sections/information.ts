import { hierarchies } from '../analysis/experiments.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatBits, formatCount, formatRatio, plural } from '../format.js';
import { figure, howToRead, more, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { InformationGain, Result } from '../result.js';
import { barChart } from '../svg/bar-chart.js';

const barsShown = 8;

type Field = InformationGain['fields'][number];

function name({ hierarchy, level }: InformationGain): string {
  return `${hierarchy} level ${level}`;
}

function heading(gain: InformationGain): string {
  const text = name(gain);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function informative({ fields }: InformationGain): Field[] {
  return fields
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || b.columns - a.columns || (a.field < b.field ? -1 : 1));
}

function panel(gain: InformationGain, index: number, machines: number): Markup {
  const ranked = informative(gain);
  const title = html`<h3>${heading(gain)}</h3>`;
  if (gain.entropy === 0) {
    return html`<div>${title}${nothing('All machines carry the same label, so there is no information to gain.')}</div>`;
  }
  if (ranked.length === 0) {
    return html`<div>${title}${nothing(`The labels hold ${formatBits(gain.entropy)}, and no field says anything about them.`)}</div>`;
  }
  const shown = ranked.slice(0, barsShown);
  const best = shown[0]!;
  const caption = `${formatCount(shown.length)} of ${plural(ranked.length, 'informative field')}, n = ${plural(machines, 'machine')}. The best, ${best.field}, accounts for ${formatRatio(Math.min(best.gain, gain.entropy), gain.entropy)} of the label entropy.`;
  return figure({
    chart: html`${title}${barChart({
      id: `gain-${index}`,
      title: `Most informative fields, ${name(gain)}`,
      description: `${caption} ${shown.map((field) => `${field.field}: ${formatBits(field.gain)} with probe ${field.probe}`).join('; ')}. Label entropy ${formatBits(gain.entropy)}.`,
      bars: shown.map((field) => ({
        label: field.field,
        value: field.gain,
        text: `${field.gain < 0.005 ? '<0.01' : field.gain.toFixed(2)} · #${field.probe}`,
      })),
      xTitle: 'bits gained · # number of the best probe',
      reference: { value: gain.entropy, label: `label entropy ${formatBits(gain.entropy)}` },
    })}`,
    caption,
  });
}

function allFields(gains: readonly InformationGain[]): Part {
  return gains.map((gain) => {
    const ranked = informative(gain);
    if (ranked.length === 0) return null;
    return more(
      `${heading(gain)}: all ${plural(ranked.length, 'informative field')}`,
      table<Field>({
        caption: `Information gain of fields, ${name(gain)}, label entropy ${formatBits(gain.entropy)}`,
        rows: ranked,
        sortable: true,
        columns: [
          { heading: 'Field', rowHeading: true, cell: ({ field }) => html`<code>${field}</code>` },
          {
            heading: 'Gain',
            number: true,
            cell: (field) => formatBits(field.gain),
            key: (field) => field.gain,
          },
          {
            heading: 'Share of entropy',
            number: true,
            cell: (field) => formatRatio(Math.min(field.gain, gain.entropy), gain.entropy),
            key: (field) => field.gain,
          },
          {
            heading: 'Best probe',
            number: true,
            cell: ({ probe }) => html`#${probe}`,
            key: ({ probe }) => probe,
          },
          {
            heading: 'Probes in which it splits',
            number: true,
            cell: ({ columns }) => formatCount(columns),
            key: ({ columns }) => columns,
          },
        ],
      }),
    );
  });
}

/** What single fields of single probes say about the labels, per hierarchy and level. */
export function informationSection(result: Result): Section {
  const section = { id: 'information', title: 'Most informative fields' };
  const gains = [...result.information_gain].sort(
    (a, b) => a.level - b.level || hierarchies.indexOf(a.hierarchy) - hierarchies.indexOf(b.hierarchy),
  );
  if (gains.length === 0) return { ...section, body: nothing('Information gain was not computed.') };
  return {
    ...section,
    body: html`<div class="pair figures">${gains.map((gain, index) => panel(gain, index, result.dataset.machines))}</div>${howToRead(
      'A bar is how much one field of one response, the best probe for it, says about the label; the dashed line is all there is to know. A bar that reaches the line tells every class apart on its own. Among few machines a large gain may be chance, or hardware: look whether the field splits the machines in many probes, and whether it holds on machines not seen here.',
    )}${allFields(gains)}`,
  };
}
