/** Fields of one paragraph, by lower-case name; continuation lines are joined with newlines. */
export type Paragraph = ReadonlyMap<string, string>;

/** Paragraphs of a file in Debian's control syntax (deb822(5)); comment lines are dropped. */
export function parseControl(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let fields = new Map<string, string>();
  let last = '';
  const finish = () => {
    if (fields.size > 0) paragraphs.push(fields);
    fields = new Map();
    last = '';
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') finish();
    else if (/^\s/.test(line)) {
      if (last !== '') fields.set(last, `${fields.get(last)}\n${line.trim()}`.trim());
    } else {
      const colon = line.indexOf(':');
      if (colon < 0) continue;
      last = line.slice(0, colon).trim().toLowerCase();
      fields.set(last, line.slice(colon + 1).trim());
    }
  }
  finish();
  return paragraphs;
}
