/** An element: its name, its attributes, and what is in it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content: readonly Element[] | string;
}

export function element(
  name: string,
  attributes: Element['attributes'] = {},
  content: Element['content'] = [],
): Element {
  return { name, attributes, content };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;' };

/** XML 1.0 has no way to write other control characters than tab, line feed and carriage return. */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function escapeText(text: string | number): string {
  return String(text)
    .replaceAll(forbidden, '\u{fffd}')
    .replaceAll(/[&<>']/g, (character) => escapes[character]!);
}

/** The text of an element, indented by two blanks a level. */
export function renderXml({ name, attributes, content }: Element, indent = ''): string {
  const named = Object.entries(attributes).map(([key, value]) => ` ${key}='${escapeText(value)}'`);
  const begin = `${indent}<${name}${named.join('')}`;
  if (content.length === 0) return `${begin}/>`;
  if (typeof content === 'string') return `${begin}>${escapeText(content)}</${name}>`;
  const inside = content.map((each) => renderXml(each, `${indent}  `));
  return [`${begin}>`, ...inside, `${indent}</${name}>`].join('\n');
}
