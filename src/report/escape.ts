import { visible } from './visible.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` as HTML or SVG character data, fit for an element's content and for a quoted attribute. */
export function escapeText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Text that is markup already. Made by {@link html}, which escapes, and by {@link trusted}, which does not. */
export class Markup {
  constructor(private readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: anything that is not {@link Markup} is escaped; nothing is printed for `null`. */
export type Part = Markup | string | number | null | undefined | false | readonly Part[];

function print(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.toString();
  if (typeof part === 'object') return part.map(print).join('');
  return escapeText(String(part));
}

/**
 * Template tag for markup: what is written in the template is markup, what is put into it is text.
 *
 * @example html`<b title="${name}">${name}</b>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  parts.forEach((part, index) => {
    text += print(part) + strings[index + 1]!;
  });
  return new Markup(text);
}

/** Declares a constant of this package, never a value of a result, to be markup. */
export function trusted(text: string): Markup {
  return new Markup(text);
}
