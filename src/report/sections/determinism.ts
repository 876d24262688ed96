import { html, type Markup } from '../escape.js';
import { formatCount, formatRatio, plural } from '../format.js';
import { figure, howToRead, meter, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';
import { columnChart } from '../svg/column-chart.js';

/** Bins up to this number have one value each; beyond it their width doubles, so the axis is discontinuous. */
const singleBins = 12;

function binned(counts: readonly number[], origin: number): { label: string; count: number }[] {
  const bins: { label: string; count: number }[] = [];
  let width = 1;
  for (let start = 0; start < counts.length; start += width) {
    if (start >= singleBins) width = start;
    const slice = counts.slice(start, start + width);
    const [low, high] = [start + origin, start + origin + slice.length - 1];
    bins.push({
      label: low === high ? `${low}` : `${low}–${high}`,
      count: slice.reduce((sum, count) => sum + count, 0),
    });
  }
  return bins;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function uniqueValues(result: Result): Markup {
  const counts = result.determinism.unique_values;
  const fields = sum(counts);
  if (fields === 0)
    return nothing('No response field was seen in several copies, so nothing can be said about determinism.');
  const caption = `Response fields by the number of distinct values they showed over the copies of a probe; n = ${formatCount(fields)} fields. ${formatRatio(counts[0] ?? 0, fields)} showed one value.`;
  return figure({
    chart: columnChart({
      id: 'unique-values',
      title: 'Distinct values of response fields',
      description: caption,
      columns: binned(counts, 1),
      xTitle: 'distinct values over the copies of a probe',
      yTitle: 'response fields',
    }),
    caption,
    reading: `One value in every copy means that the field is a function of the stack and the probe. Two or more mean chance or a counter at work; such a field is marked NONDET, which is a value of its own to the learners. (Paper, figure 2b.)`,
  });
}

function answeredCopies(result: Result): Markup {
  const counts = result.determinism.answered_copies;
  const pairs = sum(counts);
  if (pairs === 0) return nothing('No probe was sent, so there is no count of answered copies.');
  const some = sum(counts.slice(1, -1));
  const caption = `Machine × probe pairs by the number of copies answered; n = ${formatCount(pairs)} pairs. ${formatCount(some)} (${formatRatio(some, pairs)}) were answered in part.`;
  return figure({
    chart: columnChart({
      id: 'answered-copies',
      title: 'Copies answered of each probe',
      description: caption,
      columns: binned(counts, 0),
      xTitle: `copies answered, of ${formatCount(counts.length - 1)}`,
      yTitle: 'machine × probe pairs',
    }),
    caption,
    reading:
      'The two ends are clean: all copies answered, or none. What lies between is loss or rate limiting and cannot be told from deliberate silence, so it is left out of the comparison. (Paper, figure 3b.)',
  });
}

/** The first dozen counts of copies, then twice as many each time, and the last. */
function countsShown(copies: number): number[] {
  const shown: number[] = [];
  for (let count = 1; count < copies; count += count < singleBins ? 1 : count) shown.push(count);
  return [...shown, copies];
}

function agreeing({ determinism: { agreeing: counts = [] } }: Result): Markup | undefined {
  if (counts.length < 2 || counts[0] === 0) return undefined;
  const [first, last] = [counts[0]!, counts.at(-1)!];
  const missed = (counts[1] ?? last) - last;
  const caption = `Response fields that would be called deterministic by the copies sent; n = ${formatCount(first)} fields. ${formatCount(first - last)} (${formatRatio(first - last, first)}) differ among ${formatCount(counts.length)} copies, and two copies miss ${formatCount(missed)} of them.`;
  return figure({
    chart: columnChart({
      id: 'agreeing-copies',
      title: 'Fields on which copies agree',
      description: caption,
      columns: countsShown(counts.length).map((copies) => ({
        label: formatCount(copies),
        count: counts[copies - 1]!,
      })),
      xTitle: 'copies of a probe, the first ones sent',
      yTitle: 'response fields that agree',
    }),
    caption,
    reading:
      'Where the columns stop falling, more copies find no more nondeterminism. That they agree so far proves nothing about the next one. (Paper, figure 3a.)',
  });
}

function fieldTable(result: Result): Markup {
  type Row = Result['determinism']['by_field'][number];
  const rows = result.determinism.by_field;
  const constant = sum(rows.map((row) => row.constant));
  const varying = sum(rows.map((row) => row.nondeterministic));
  if (rows.length === 0) return nothing('No response field was seen.');
  return html`<h3>By field</h3><p>${plural(rows.length, 'field')}; n = ${formatCount(constant + varying)} values, of which ${formatCount(varying)} (${formatRatio(varying, constant + varying)}) are nondeterministic.</p>${table<Row>(
    {
      caption: 'Constant and nondeterministic values of each response field',
      rows: [...rows].sort(
        (a, b) => share(b) - share(a) || b.constant - a.constant || (a.field < b.field ? -1 : 1),
      ),
      sortable: true,
      columns: [
        { heading: 'Field', rowHeading: true, cell: ({ field }) => html`<code>${field}</code>` },
        {
          heading: 'Constant',
          number: true,
          cell: (row) => formatCount(row.constant),
          key: (row) => row.constant,
        },
        {
          heading: 'Nondeterministic',
          number: true,
          cell: (row) => formatCount(row.nondeterministic),
          key: (row) => row.nondeterministic,
        },
        {
          heading: 'Share nondeterministic',
          number: true,
          cell: (row) =>
            html`${meter(share(row))}<span class="share">${formatRatio(row.nondeterministic, row.constant + row.nondeterministic)}</span>`,
          key: share,
        },
      ],
    },
  )}${howToRead(
    'A field near 100 % is random or counts something (a checksum, a sequence number, an IP identifier); a field at 0 % always said the same to the same probe. A field in between is deterministic for some stacks only, which is itself a difference between stacks.',
  )}`;
}

function share({ constant, nondeterministic }: { constant: number; nondeterministic: number }): number {
  const all = constant + nondeterministic;
  return all === 0 ? 0 : nondeterministic / all;
}

/** Which answers repeat: distinct values, answered copies, and the same field by field. */
export function determinismSection(result: Result): Section {
  return {
    id: 'determinism',
    title: 'Determinism and loss',
    body: html`<div class="pair figures">${uniqueValues(result)}${answeredCopies(result)}${agreeing(result)}</div>${fieldTable(result)}`,
  };
}
