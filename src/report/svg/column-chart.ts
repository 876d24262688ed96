import { html, type Markup } from '../escape.js';
import { formatCount } from '../format.js';
import { at, frame } from './frame.js';
import { countScale } from './scale.js';

export interface ColumnChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly columns: readonly { readonly label: string; readonly count: number }[];
  readonly xTitle: string;
  readonly yTitle: string;
}

const width = 470;
const height = 270;
const left = 58;
const right = 8;
const top = 26;
const bottom = 46;
const characterWidth = 6.4;

/** A histogram: one column a bin with its exact count above it; the axis says when it is logarithmic. */
export function columnChart(chart: ColumnChart): Markup {
  const scale = countScale(chart.columns.map((column) => column.count));
  const base = height - bottom;
  const pitch = (width - left - right) / Math.max(1, chart.columns.length);
  const y = (count: number) => at(base - (base - top) * scale.position(count));
  const thin = Math.min(pitch * 0.72, 64);
  const longest = Math.max(0, ...chart.columns.map(({ count }) => formatCount(count).length));
  const counted = longest * characterWidth <= pitch + 2;
  const widest = Math.max(0, ...chart.columns.map(({ label }) => label.length)) + 1;
  const stride = Math.max(1, Math.ceil((widest * characterWidth) / pitch));
  const axis = scale.kind === 'log' ? `${chart.yTitle} (log scale)` : chart.yTitle;
  const grid = scale.ticks.map(
    ({ value, label }) =>
      html`<line class="${value === 0 ? 'axis' : 'grid'}" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}"/><text class="tick end" x="${left - 7}" y="${at(y(value) + 4)}">${label}</text>`,
  );
  const columns = chart.columns.map(({ label, count }, index) => {
    const middle = at(left + pitch * (index + 0.5));
    return html`<rect class="bar" x="${at(middle - thin / 2)}" y="${y(count)}" width="${at(thin)}" height="${at(base - y(count))}"/>${
      counted &&
      html`<text class="value mid" x="${middle}" y="${at(y(count) - 5)}">${formatCount(count)}</text>`
    }${index % stride === 0 && html`<text class="tick mid" x="${middle}" y="${base + 16}">${label}</text>`}`;
  });
  // The stretch between 0 and 1 is not part of the logarithm: the axis is broken there.
  const breakAt = at((y(0) + y(1)) / 2);
  const broken =
    scale.kind === 'log' && html`<path class="break" d="M${left - 4} ${breakAt + 4}l8 -4m-8 0l8 -4"/>`;
  return frame(
    { id: chart.id, title: chart.title, description: chart.description, width, height },
    html`${grid}${columns}${broken}<text class="axis-title" x="${left}" y="11">${axis}</text><text class="axis-title mid" x="${at((left + width - right) / 2)}" y="${height - 8}">${chart.xTitle}</text>`,
  );
}
