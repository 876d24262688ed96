import { html, type Markup } from '../escape.js';
import { shortenMiddle } from '../visible.js';
import { at, frame } from './frame.js';
import { roundTicks } from './scale.js';

export interface BarChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly text: string }[];
  readonly xTitle: string;
  /** A value that bars are read against, drawn as a line across them. */
  readonly reference?: { readonly value: number; readonly label: string };
  readonly width?: number;
}

const row = 20;
const top = 24;
const bottom = 40;
const labelCharacters = 24;
const left = 172;
const textRoom = 84;

/**
 * Horizontal bars in the order given, each with its label on the left and its value in words at its end, or in
 * a column of its own where a reference line would cross it.
 */
export function barChart(chart: BarChart): Markup {
  const { bars, reference } = chart;
  const width = chart.width ?? 470;
  const ticks = roundTicks(Math.max(reference?.value ?? 0, ...bars.map((bar) => bar.value)), 4);
  const max = Math.max(ticks.at(-1)!, Number.MIN_VALUE);
  const plot = width - left - textRoom;
  const x = (value: number) => at(left + (plot * value) / max);
  const height = top + bars.length * row + bottom;
  const base = height - bottom;
  const grid = ticks.map(
    (tick) =>
      html`<line class="${tick === 0 ? 'axis' : 'grid'}" x1="${x(tick)}" x2="${x(tick)}" y1="${top - 4}" y2="${base}"/><text class="tick mid" x="${x(tick)}" y="${base + 15}">${tick}</text>`,
  );
  const rows = bars.map(({ label, value, text }, index) => {
    const y = top + index * row;
    return html`<text class="label end" x="${left - 8}" y="${y + 13}">${shortenMiddle(label, labelCharacters)}</text><rect class="bar" x="${left}" y="${y + 3}" width="${at(x(value) - left)}" height="${row - 7}"/><text class="value" x="${reference ? width - textRoom + 10 : at(x(value) + 6)}" y="${y + 13.5}">${text}</text>`;
  });
  const line =
    reference &&
    html`<line class="reference" x1="${x(reference.value)}" x2="${x(reference.value)}" y1="${top - 6}" y2="${base}"/><text class="reference-label end" x="${x(reference.value)}" y="12">${reference.label}</text>`;
  return frame(
    { id: chart.id, title: chart.title, description: chart.description, width, height },
    html`${grid}${line}${rows}<text class="axis-title mid" x="${at(left + plot / 2)}" y="${height - 6}">${chart.xTitle}</text>`,
  );
}
