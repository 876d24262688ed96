import { distance } from 'fastest-levenshtein';
import { parseIpv4Address } from '../../packet/address.js';
import { type PacketView, type PredicateField, predicateFields } from './fields.js';
import { PredicateError, type Token, tokensOf } from './tokens.js';

export type Test = (view: PacketView) => boolean;

/** A predicate that was read. */
export interface Predicate {
  readonly text: string;
  readonly test: Test;
  /** It holds for packets of one direction only, as `... and direction == forward` says. */
  readonly direction?: 'forward' | 'reverse' | undefined;
}

interface Part {
  readonly test: Test;
  readonly direction?: Predicate['direction'];
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

const keywords: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };

class Parser {
  private readonly tokens: Token[];
  private next = 0;

  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  whole(): Predicate {
    const part = this.either();
    if (this.peek().kind !== 'end') this.expected('`and`, `or` or the end');
    return { text: this.text, ...part };
  }

  private either(): Part {
    const parts = [this.all()];
    while (this.take('or')) parts.push(this.all());
    if (parts.length === 1) return parts[0]!;
    const direction = parts[0]!.direction;
    const tests = parts.map(({ test }) => test);
    return {
      test: (view) => tests.some((test) => test(view)),
      direction: parts.every((part) => part.direction === direction) ? direction : undefined,
    };
  }

  private all(): Part {
    const parts = [this.one()];
    while (this.take('and')) parts.push(this.one());
    if (parts.length === 1) return parts[0]!;
    const tests = parts.map(({ test }) => test);
    return {
      test: (view) => tests.every((test) => test(view)),
      direction: parts.find(({ direction }) => direction)?.direction,
    };
  }

  private one(): Part {
    if (this.take('not')) {
      const { test } = this.one();
      return { test: (view) => !test(view) };
    }
    if (this.take('(')) {
      const part = this.either();
      if (!this.take(')')) this.expected('a closing parenthesis');
      return part;
    }
    return this.comparison();
  }

  private comparison(): Part {
    const token = this.peek();
    if (token.kind !== 'word') this.expected('a field');
    const { text: name, at } = token;
    const field = Object.hasOwn(predicateFields, name) ? predicateFields[name] : undefined;
    if (!field) {
      const hint = meant(name, Object.keys(predicateFields));
      throw new PredicateError(`there is no field \`${name}\`${hint}`, at);
    }
    this.next++;
    const { read } = field;
    const sign = this.peek().text;
    const compare = Object.hasOwn(comparisons, sign) ? comparisons[sign] : undefined;
    if (compare) {
      this.next++;
      const value = this.value(name, field);
      const test: Test = (view) => {
        const found = read(view);
        return found !== undefined && compare(found, value);
      };
      const fixed = name === 'direction' && sign === '==';
      return fixed ? { test, direction: value === 0 ? 'forward' : 'reverse' } : { test };
    }
    if (this.take('in')) return this.membership(name, field);
    if (this.take('has')) {
      if (!field.flags)
        throw new PredicateError(`\`${name}\` is not a set of flags: \`has\` cannot ask about it`, at);
      const mask = this.value(name, field);
      return {
        test: (view) => {
          const found = read(view);
          return found !== undefined && (found & mask) === mask;
        },
      };
    }
    return { test: (view) => read(view) !== undefined };
  }

  private membership(name: string, field: PredicateField): Part {
    if (!this.take('{')) this.expected('a list, as in {22, 8000..8080}');
    const ranges: (readonly [number, number])[] = [];
    do {
      const { at } = this.peek();
      const first = this.value(name, field);
      const last = this.take('..') ? this.value(name, field) : first;
      if (last < first)
        throw new PredicateError(`${first}..${last} is empty: the first must not be above the last`, at);
      ranges.push([first, last]);
    } while (this.take(','));
    if (!this.take('}')) this.expected('`,` or `}`');
    return {
      test: (view) => {
        const found = field.read(view);
        return found !== undefined && ranges.some(([first, last]) => found >= first && found <= last);
      },
    };
  }

  private value(name: string, field: PredicateField): number {
    const token = this.peek();
    if (token.kind === 'number') {
      this.next++;
      return Number(token.text);
    }
    if (token.kind === 'address' && field.address) {
      try {
        const address = parseIpv4Address(token.text);
        this.next++;
        return address;
      } catch {
        throw new PredicateError(`${token.text} is not an IPv4 address`, token.at);
      }
    }
    if (token.kind === 'word' && field.names) {
      const value = this.named(name, field);
      return field.flags && this.take('|') ? value | this.value(name, field) : value;
    }
    const names = field.names ? ` or one of ${Object.keys(field.names).join(', ')}` : '';
    return this.expected(`${field.address ? 'an address' : `a number${names}`} for \`${name}\``);
  }

  private named(name: string, { names = {} }: PredicateField): number {
    const { text, at } = this.peek();
    if (!Object.hasOwn(names, text)) {
      const known = Object.keys(names);
      const hint = `${known.join(', ')}${meant(text, known)}`;
      throw new PredicateError(`\`${text}\` is no value of \`${name}\`: ${hint}`, at);
    }
    this.next++;
    return names[text]!;
  }

  private peek(): Token {
    return this.tokens[this.next]!;
  }

  private take(text: string): boolean {
    const { kind, text: found } = this.peek();
    if (kind === 'end' || (keywords[found] ?? found) !== text) return false;
    this.next++;
    return true;
  }

  private expected(what: string): never {
    const { kind, text, at } = this.peek();
    throw new PredicateError(`expected ${what}, found ${kind === 'end' ? 'the end' : `\`${text}\``}`, at);
  }
}

function meant(given: string, known: readonly string[]): string {
  const far = (name: string) => distance(given.toLowerCase(), name.toLowerCase());
  const near = known.reduce((best, name) => (far(name) < far(best) ? name : best));
  return far(near) <= Math.max(2, Math.ceil(given.length / 2)) ? `; did you mean \`${near}\`?` : '';
}

/**
 * Reads a predicate about packets: `tcp.flags == SYN and not tcp.dstport in {22, 8000..8080}`. Fields are those
 * of {@link predicateFields}; `==`, `!=`, `<`, `>`, `<=`, `>=`, `in {...}`, `has` for flags, a field alone for
 * packets that have it; `not`, `and`, `or` in this order of binding, and parentheses. A comparison with a field
 * that the packet does not have is false, `!=` too. Throws PredicateError.
 */
export function parsePredicate(text: string): Predicate {
  return new Parser(text).whole();
}

/** The predicate's text with a caret below a character of it, as two lines. */
export function withCaret(text: string, at: number): string {
  return `  ${text}\n  ${' '.repeat(at)}^`;
}
