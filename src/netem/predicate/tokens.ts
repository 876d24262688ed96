/** A predicate that cannot be read: what is wrong, and at which character of it, from 0. */
export class PredicateError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
    this.name = 'PredicateError';
  }
}

export interface Token {
  readonly kind: 'word' | 'number' | 'address' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins, from 0. */
  readonly at: number;
}

const forms: readonly (readonly [Token['kind'], RegExp])[] = [
  ['address', /\d+\.\d+\.\d+\.\d+/y],
  ['number', /0x[0-9a-f]+|\d+/iy],
  ['word', /[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*/iy],
  ['sign', /==|!=|<=|>=|&&|\|\||\.\.|[<>!(){},|]/y],
];

/** Splits a predicate's text. Throws PredicateError at the first character that begins nothing. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (at >= text.length) break;
    const token = forms
      .map(([kind, form]) => {
        form.lastIndex = at;
        const found = form.exec(text);
        return found ? { kind, text: found[0], at } : undefined;
      })
      .find((found) => found !== undefined);
    if (!token) throw new PredicateError(`${JSON.stringify(text[at])} does not belong here`, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}
