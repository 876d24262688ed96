import { html, type Markup } from '../escape.js';
import { at } from './frame.js';

/** Outlines of radius about 1 around the origin; each learner has one, so that colour is not needed. */
const shapes: readonly (readonly (readonly [number, number])[] | 'circle')[] = [
  'circle',
  corners([-0.86, -0.86], [0.86, -0.86], [0.86, 0.86], [-0.86, 0.86]),
  corners([0, -1.12], [1.05, 0.8], [-1.05, 0.8]),
  corners([0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]),
  corners([0, 1.12], [1.05, -0.8], [-1.05, -0.8]),
  corners([-1.15, -0.4], [0, -1.15], [1.15, -0.4], [0.7, 0.95], [-0.7, 0.95]),
  corners([-1.2, -0.55], [1.2, -0.55], [1.2, 0.55], [-1.2, 0.55]),
  corners([-0.55, -1.2], [0.55, -1.2], [0.55, 1.2], [-0.55, 1.2]),
];

function corners(...points: (readonly [number, number])[]): readonly (readonly [number, number])[] {
  return points;
}

/** Number of colours that `--series-N` of the style sheet defines. */
export const seriesColours = 8;

/** Class that gives a learner its colour. */
export function seriesClass(learnerIndex: number): string {
  return `series-${learnerIndex % seriesColours}`;
}

/**
 * The mark of a series: colour and shape by learner; filled for the first field set, hollow for the second,
 * and with a dot inside for others.
 */
export function mark(
  learnerIndex: number,
  fieldsIndex: number,
  x: number,
  y: number,
  radius: number,
): Markup {
  const shape = shapes[learnerIndex % shapes.length]!;
  const fill = fieldsIndex === 0 ? 'solid' : 'hollow';
  const dot =
    fieldsIndex > 1 &&
    html`<circle class="dot" cx="${at(x)}" cy="${at(y)}" r="${fieldsIndex === 2 ? 1.2 : 2}"/>`;
  if (shape === 'circle')
    return html`<circle class="${fill}" cx="${at(x)}" cy="${at(y)}" r="${radius}"/>${dot}`;
  const points = shape.map(([dx, dy]) => `${at(x + dx * radius)},${at(y + dy * radius)}`).join(' ');
  return html`<polygon class="${fill}" points="${points}"/>${dot}`;
}

/** A mark on its own, for a legend in text; the text beside it names the series. */
export function markKey(learnerIndex: number, fieldsIndex: number, name: string): Markup {
  return html`<svg class="key ${seriesClass(learnerIndex)}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><title>${name}</title>${mark(learnerIndex, fieldsIndex, 8, 8, 5)}</svg>`;
}
