import { html, type Markup, type Part } from '../escape.js';

export interface Drawing {
  /** Unique in the page; title and description are referred to by it. */
  readonly id: string;
  readonly title: string;
  /** What the drawing shows, in words and numbers, for readers who do not see it. */
  readonly description: string;
  /** In CSS pixels; the drawing shrinks with a narrow page but never grows beyond its own width. */
  readonly width: number;
  readonly height: number;
  /** Kept at its own width, for drawings that stand in a scrolling box. */
  readonly fixed?: boolean;
}

/** An `<svg>` that screen readers announce as one image with a title and a description. */
export function frame(drawing: Drawing, content: Part): Markup {
  const { id, title, description, width, height } = drawing;
  return html`<svg class="${drawing.fixed ? 'fixed' : 'fluid'}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>${content}</svg>`;
}

/** A coordinate with at most two decimals. */
export function at(value: number): number {
  return Math.round(value * 100) / 100;
}
