import { html, type Markup } from '../escape.js';
import { at, frame } from './frame.js';
import { mark, seriesClass } from './mark.js';

export interface DotInterval {
  /** Place among the series, 0-based: points of one series stand in the same column of every group. */
  readonly series: number;
  readonly learnerIndex: number;
  readonly fieldsIndex: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface DotIntervalChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Of the y axis; default: that it shows accuracies. */
  readonly yTitle?: string;
  readonly series: number;
  readonly groups: readonly {
    readonly label: string;
    readonly note: string;
    readonly points: readonly DotInterval[];
    /** Shares drawn as dashed lines across the group. */
    readonly baselines: readonly number[];
  }[];
}

const width = 470;
const height = 330;
const left = 48;
const right = 8;
const top = 26;
const bottom = 44;

/** Shares in 0..1 as points with their intervals, grouped along x; the y axis always runs from 0 to 100 %. */
export function dotIntervalChart(chart: DotIntervalChart): Markup {
  const base = height - bottom;
  const y = (share: number) => at(base - (base - top) * share);
  const pitch = (width - left - right) / Math.max(1, chart.groups.length);
  const inner = pitch * 0.84;
  const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      html`<line class="${share === 0 ? 'axis' : 'grid'}" x1="${left}" x2="${width - right}" y1="${y(share)}" y2="${y(share)}"/><text class="tick end" x="${left - 7}" y="${at(y(share) + 4)}">${Math.round(share * 100)}</text>`,
  );
  const groups = chart.groups.map(({ label, note, points, baselines }, index) => {
    const start = left + pitch * index + (pitch - inner) / 2;
    const middle = at(left + pitch * (index + 0.5));
    const lines = baselines.map(
      (share) =>
        html`<line class="baseline" x1="${at(start)}" x2="${at(start + inner)}" y1="${y(share)}" y2="${y(share)}"/>`,
    );
    const dots = points.map((point) => {
      const x = at(start + (inner * (point.series + 0.5)) / chart.series);
      const cap = Math.min(3.5, inner / chart.series / 3);
      return html`<g class="${seriesClass(point.learnerIndex)}"><path class="whisker" d="M${x} ${y(point.low)}V${y(point.high)}M${at(x - cap)} ${y(point.low)}h${at(2 * cap)}M${at(x - cap)} ${y(point.high)}h${at(2 * cap)}"/>${mark(point.learnerIndex, point.fieldsIndex, x, y(point.value), 4.4)}</g>`;
    });
    const separator =
      index > 0 &&
      html`<line class="grid" x1="${at(left + pitch * index)}" x2="${at(left + pitch * index)}" y1="${top}" y2="${base}"/>`;
    return html`${separator}${lines}${dots}<text class="label mid" x="${middle}" y="${base + 17}">${label}</text><text class="tick mid" x="${middle}" y="${base + 33}">${note}</text>`;
  });
  return frame(
    { id: chart.id, title: chart.title, description: chart.description, width, height },
    html`${grid}${groups}<text class="axis-title" x="${left}" y="11">${chart.yTitle ?? 'Accuracy, % of machines'}</text>`,
  );
}
