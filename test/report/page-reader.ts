const voidElements = new Set(['meta', 'br', 'hr', 'img', 'link', 'input']);

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Every opening tag of a page, in order; throws when tags are not balanced or an attribute is not quoted. */
export function readTags(page: string): Tag[] {
  const body = page
    .replace(/^<!DOCTYPE html>/, '')
    .replace(/(<script>)[\s\S]*?(<\/script>)/g, '$1$2')
    .replace(/(<style>)[\s\S]*?(<\/style>)/g, '$1$2');
  const open: string[] = [];
  const tags: Tag[] = [];
  for (const piece of body.match(/<[^>]*>|[^<]+/g) ?? []) {
    if (!piece.startsWith('<')) {
      if (piece.includes('>')) throw new Error(`loose > in text: ${piece.slice(0, 80)}`);
      continue;
    }
    const match = /^<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>$/.exec(piece);
    if (!match) throw new Error(`not a tag: ${piece.slice(0, 120)}`);
    const [, closing, name, rest, selfClosed] = match;
    if (closing) {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
      continue;
    }
    const pairs = [...rest!.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)];
    tags.push({ name: name!, attributes: new Map(pairs.map((pair) => [pair[1]!, pair[2] ?? ''])) });
    if (!selfClosed && !voidElements.has(name!)) open.push(name!);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
  return tags;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Text of a piece of markup: tags removed, entities read, no-break spaces as spaces. */
export function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!)
    .replaceAll('\u00a0', ' ')
    .replaceAll('\u2011', '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The markup of one section of the page. */
export function sectionOf(page: string, id: string): string {
  const start = page.indexOf(`<section id="${id}"`);
  if (start < 0) throw new Error(`no section ${id}`);
  return page.slice(start, page.indexOf('</section>', start));
}

/** Cells of the body rows of the table whose caption starts with `caption`. */
export function tableOf(page: string, caption: string): string[][] {
  const table = [...page.matchAll(/<table[^>]*>[\s\S]*?<\/table>/g)].find(([markup]) =>
    textOf(/<caption>([\s\S]*?)<\/caption>/.exec(markup)?.[1] ?? '').startsWith(caption),
  );
  if (!table) throw new Error(`no table "${caption}"`);
  const body = /<tbody>([\s\S]*)<\/tbody>/.exec(table[0])![1]!;
  return [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t([dh])[^>]*>([\s\S]*?)<\/t\1>/g)].map(([, , cell]) => textOf(cell!)),
  );
}
