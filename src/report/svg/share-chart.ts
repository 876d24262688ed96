import { html, type Markup } from '../escape.js';
import { at, frame } from './frame.js';
import { mark, seriesClass } from './mark.js';

export interface SharePoint {
  /** 0..1 both. */
  readonly x: number;
  readonly y: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

export interface ShareChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Draws where x and y are equal. */
  readonly diagonal: boolean;
  readonly series: readonly {
    readonly learnerIndex: number;
    readonly fieldsIndex: number;
    readonly points: readonly SharePoint[];
  }[];
}

const width = 470;
const height = 340;
const left = 48;
const right = 14;
const top = 26;
const bottom = 46;
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** One share against another, both from 0 to 100 %, with the intervals of y; the points of a series are joined. */
export function shareChart(chart: ShareChart): Markup {
  const base = height - bottom;
  const x = (share: number) => at(left + (width - left - right) * share);
  const y = (share: number) => at(base - (base - top) * share);
  const grid = ticks.map((share) => {
    const kind = share === 0 ? 'axis' : 'grid';
    const text = Math.round(share * 100);
    return html`<line class="${kind}" x1="${left}" x2="${width - right}" y1="${y(share)}" y2="${y(share)}"/><line class="${kind}" x1="${x(share)}" x2="${x(share)}" y1="${top}" y2="${base}"/><text class="tick end" x="${left - 7}" y="${at(y(share) + 4)}">${text}</text><text class="tick mid" x="${x(share)}" y="${base + 17}">${text}</text>`;
  });
  const diagonal =
    chart.diagonal && html`<line class="baseline" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>`;
  const drawn = chart.series.map(({ fieldsIndex, learnerIndex, points }) => {
    const ordered = [...points].sort((one, other) => one.x - other.x);
    const line =
      ordered.length > 1 &&
      html`<path class="line" d="M${ordered.map((point) => `${x(point.x)} ${y(point.y)}`).join('L')}"/>`;
    const dots = ordered.map((point) => {
      const whisker =
        point.low !== undefined &&
        point.high !== undefined &&
        html`<path class="whisker thin" d="M${x(point.x)} ${y(point.low)}V${y(point.high)}"/>`;
      return html`${whisker}${mark(learnerIndex, fieldsIndex, x(point.x), y(point.y), 3.6)}`;
    });
    return html`<g class="${seriesClass(learnerIndex)}">${line}${dots}</g>`;
  });
  return frame(
    { id: chart.id, title: chart.title, description: chart.description, width, height },
    html`${grid}${diagonal}${drawn}<text class="axis-title" x="${left}" y="11">${chart.yTitle}</text><text class="axis-title end" x="${width - right}" y="${height - 6}">${chart.xTitle}</text>`,
  );
}
