import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, html } from '../../src/report/escape.js';
import { shorten, shortenMiddle, visible } from '../../src/report/visible.js';
import { textOf } from './page-reader.js';

/** Every UTF-16 code unit, lone surrogates too. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });

describe('html', () => {
  it('escapes what is put in, and keeps what is written', () => {
    expect(html`<b title="${'"'}">${'<i>'}</b>`.toString()).toBe('<b title="&quot;">&lt;i&gt;</b>');
  });

  it('puts markup in markup without escaping it again, lists too', () => {
    expect(html`<ul>${['a&b', 'c'].map((item) => html`<li>${item}</li>`)}</ul>`.toString()).toBe(
      '<ul><li>a&amp;b</li><li>c</li></ul>',
    );
  });

  it('prints zero, and nothing for null, undefined and false', () => {
    expect(html`${0}${null}${undefined}${false}`.toString()).toBe('0');
  });

  it('never lets any text leave an element or an attribute', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it('can be read back for text of visible characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const expected = text.replace(/\s+/g, ' ').trim();
        expect(textOf(escapeText(text))).toBe(expected);
      }),
    );
  });
});

describe('visible', () => {
  it('spells out escapes, overrides and lone surrogates, and keeps letters of any script', () => {
    expect(visible('\u001b[31m\u202e\ud800\t日本語 é')).toBe('\\x1b[31m\\u{202e}\\u{d800} 日本語 é');
  });

  it('leaves no control or formatting character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  it('shortens to at most the length asked for', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 20 }), (text, length) => {
        expect([...shorten(text, length)].length).toBeLessThanOrEqual(length);
        expect([...shortenMiddle(text, length)].length).toBeLessThanOrEqual(length);
      }),
    );
    expect(shorten('abcdefgh', 5)).toBe('abcd…');
    expect(shortenMiddle('abcdefgh', 5)).toBe('ab…gh');
  });
});
