import { html, type Markup, type Part } from '../escape.js';

export interface Figure {
  readonly chart: Part;
  /** What is shown, with n. */
  readonly caption: Part;
  /** How to read it, in plain words. */
  readonly reading?: Part;
}

/** A chart with its caption and a line that says how to read it. */
export function figure({ chart, caption, reading }: Figure): Markup {
  return html`<figure>${chart}<figcaption><p>${caption}</p>${reading && howToRead(reading)}</figcaption></figure>`;
}

/** The line that explains a figure or a table in plain words. */
export function howToRead(reading: Part): Markup {
  return html`<p class="reading"><strong>How to read this.</strong> ${reading}</p>`;
}

/** Said in place of a chart or a table that would be empty. */
export function nothing(reason: Part): Markup {
  return html`<p class="nothing">${reason}</p>`;
}

/** A box that scrolls sideways when its content is wider than the page; reachable by keyboard. */
export function scrolling(label: string, content: Part): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
}

/** Content that opens on demand, without JavaScript. */
export function more(summary: Part, content: Part): Markup {
  return html`<details><summary>${summary}</summary><div class="more">${content}</div></details>`;
}

/** Terms and their values, side by side. */
export function terms(pairs: readonly (readonly [term: string, value: Part])[]): Markup {
  return html`<dl class="terms">${pairs.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A bar in a table cell; `share` is 0..1. The number stands beside it, so it is hidden from screen readers. */
export function meter(share: number): Markup {
  return html`<span class="meter" aria-hidden="true"><span style="width:${(100 * share).toFixed(1)}%"></span></span>`;
}
