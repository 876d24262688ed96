import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { InputError, InputErrors, type Place } from '../errors.js';

type Values = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Mappings key by key; all else, lists too, as the second has it. */
function merged(base: unknown, own: unknown): unknown {
  if (!isMapping(base) || !isMapping(own)) return own;
  const keys = [...Object.keys(base), ...Object.keys(own).filter((key) => !(key in base))];
  return Object.fromEntries(keys.map((key) => [key, key in own ? merged(base[key], own[key]) : base[key]]));
}

/** How many steps of a path lead to something in a value. */
function depthIn(value: unknown, path: readonly PropertyKey[]): number {
  let at = value;
  for (const [depth, key] of path.entries()) {
    if (typeof at !== 'object' || at === null || !(key in at)) return depth;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return path.length;
}

/** The text of a scenario file and, where it `extends` another, that one's: what they say together, and where. */
export class ScenarioText {
  /** What both say: of mappings all keys, the file's own where both have one. */
  readonly values: unknown;
  /** The file that it extends, as it names it. */
  readonly extended: string | undefined;
  private readonly own: unknown;
  private readonly document: Document;
  private readonly lines = new LineCounter();

  /** Throws InputErrors for text that is no YAML. */
  constructor(
    text: string,
    private readonly file: string,
    private readonly base?: ScenarioText,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, merge: true });
    if (this.document.errors.length > 0)
      throw new InputErrors(
        this.document.errors.map(
          (error) =>
            new InputError(`not valid YAML: ${error.message}`, { place: this.placeAt(error.pos[0]) }),
        ),
      );
    const own: unknown = this.document.toJS();
    const named = isMapping(own) ? own.extends : undefined;
    this.extended = typeof named === 'string' ? named : undefined;
    this.own = own;
    this.values = base ? merged(this.without('name', base.values), this.without('extends', own)) : own;
  }

  /** Where a value stands, or the key of a mapping, or what is nearest to it. */
  place(path: readonly PropertyKey[], key?: string): Place {
    const whole = key === undefined ? path : [...path, key];
    if (this.base && depthIn(this.base.values, whole) > depthIn(this.own, whole))
      return this.base.place(path, key);
    for (let depth = path.length; depth >= 0; depth--) {
      const node = depth === 0 ? this.document.contents : this.document.getIn(path.slice(0, depth), true);
      let start = isNode(node) ? node.range?.[0] : undefined;
      if (key !== undefined && depth === path.length && isMap(node)) {
        const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
        if (pair && isNode(pair.key)) start = pair.key.range?.[0];
      }
      if (start !== undefined) return this.placeAt(start);
    }
    return { file: this.file, line: 1, column: 1 };
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line, column: col };
  }

  private without(name: string, values: unknown): unknown {
    if (!isMapping(values)) return values;
    return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
  }
}
