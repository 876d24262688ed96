import { html, type Markup } from '../escape.js';
import { at, frame } from './frame.js';
import { mark, seriesClass } from './mark.js';

export interface SweepPoint {
  /** Index into `places`. */
  readonly place: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface SweepSeries {
  readonly learnerIndex: number;
  /** 0 has filled marks and a full line, 1 hollow marks and a dashed one, 2 hollow marks with a dot and a dotted one. */
  readonly kind: 0 | 1 | 2;
  readonly points: readonly SweepPoint[];
}

export interface SweepChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Along x, with their numbers where the axis has any. */
  readonly places: readonly { readonly label: string; readonly number?: number | undefined }[];
  readonly xTitle: string;
  /** Default: accuracy. */
  readonly yTitle?: string;
  readonly series: readonly SweepSeries[];
  /** Share drawn as a dashed line across. */
  readonly baseline: number | undefined;
}

const width = 760;
const left = 48;
const right = 14;
const top = 26;
const plot = 270;
const margin = 34;
/** Of the room between two places, how much their marks may take. */
const dodged = 0.62;
const widestDodge = 64;
const letter = 6.2;
const lines = ['line', 'line dashed', 'line dotted'] as const;

/**
 * Shares in 0..1 as points with their intervals against a swept number, joined by lines, or against names, which
 * are not. Series stand beside each other at a place, so that no interval hides another.
 */
export function sweepChart(chart: SweepChart): Markup {
  const { places, series } = chart;
  const numbers = places.map(({ number }) => number);
  const isNumeric = places.length > 1 && numbers.every((number) => number !== undefined);
  const [low, high] = isNumeric
    ? [Math.min(...(numbers as number[])), Math.max(...(numbers as number[]))]
    : [0, Math.max(1, places.length - 1)];
  const room = width - left - right - 2 * margin;
  const centre = (place: number) =>
    left + margin + (room * ((isNumeric ? numbers[place]! : place) - low)) / (high - low || 1);
  const centres = places.map((_, place) => centre(place)).sort((a, b) => a - b);
  const gap = Math.min(room, ...centres.slice(1).map((x, index) => x - centres[index]!));
  const spread = Math.min(widestDodge, gap * dodged);
  const x = (place: number, index: number) =>
    at(centre(place) + (series.length > 1 ? spread * (index / (series.length - 1) - 0.5) : 0));
  const base = top + plot;
  const y = (share: number) => at(base - plot * share);
  const longest = Math.max(0, ...places.map(({ label }) => label.length)) * letter;
  const isSlanted = longest > Math.max(gap, letter);
  const height = base + (isSlanted ? 34 + Math.min(110, longest * 0.5) : 46);
  const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      html`<line class="${share === 0 ? 'axis' : 'grid'}" x1="${left}" x2="${width - right}" y1="${y(share)}" y2="${y(share)}"/><text class="tick end" x="${left - 7}" y="${at(y(share) + 4)}">${Math.round(share * 100)}</text>`,
  );
  const labels = places.map(({ label }, place) => {
    const middle = at(centre(place));
    const tick = html`<line class="axis" x1="${middle}" x2="${middle}" y1="${base}" y2="${base + 4}"/>`;
    return isSlanted
      ? html`${tick}<text class="label end" transform="translate(${at(middle + 4)} ${base + 16}) rotate(-24)">${label}</text>`
      : html`${tick}<text class="label mid" x="${middle}" y="${base + 17}">${label}</text>`;
  });
  const baseline =
    chart.baseline !== undefined &&
    html`<line class="baseline" x1="${left}" x2="${width - right}" y1="${y(chart.baseline)}" y2="${y(chart.baseline)}"/>`;
  const drawn = series.map(({ learnerIndex, kind, points }, index) => {
    const ordered = [...points].sort((a, b) => centre(a.place) - centre(b.place));
    const line =
      isNumeric &&
      ordered.length > 1 &&
      html`<path class="${lines[kind]}" d="M${ordered
        .map(({ place, value }) => `${x(place, index)} ${y(value)}`)
        .join('L')}"/>`;
    const dots = ordered.map(({ place, value, low: from, high: to }) => {
      const here = x(place, index);
      return html`<path class="whisker thin" d="M${here} ${y(from)}V${y(to)}"/>${mark(learnerIndex, kind, here, y(value), 4)}`;
    });
    return html`<g class="${seriesClass(learnerIndex)}">${line}${dots}</g>`;
  });
  return frame(
    { id: chart.id, title: chart.title, description: chart.description, width, height: Math.ceil(height) },
    html`${grid}${labels}${baseline}${drawn}<text class="axis-title" x="${left}" y="11">${chart.yTitle ?? 'Accuracy, % of machines'}</text><text class="axis-title end" x="${width - right}" y="${Math.ceil(height) - 5}">${chart.xTitle}</text>`,
  );
}
