import { expect, it } from 'vitest';
import { doubtful, formatExpression, matches, parseExpression } from '../../src/nmap/expression.js';
import { FormatFault } from '../../src/nmap/fingerprint.js';

it.each<[string, string[], string[]]>([
  ['', [''], ['0', 'Y']],
  ['S+', ['S+'], ['S', 'O', '']],
  ['1-6', ['1', '6', '3', '006'], ['0', '7', '', 'G', '10']],
  ['>1000000', ['1000001', 'FFFFFFFF'], ['1000000', '5', '']],
  ['<4', ['0', '3'], ['4', '']],
  ['I|RD|', ['I', 'RD', ''], ['RI', 'R']],
  ['12|99', ['12', '1234', '99'], ['991', '1', '']],
  ['|M5B4', ['', 'M5B4', 'M1'], []],
  ['M5B4|', ['M5B4', 'M5B4S', ''], ['M5']],
  ['12345|99', ['12345'], ['1234']],
  ['NW[7|A]', ['NW7', 'NWA'], ['NW7A']],
  ['0|8-A|>100', ['0', '9', 'FFF'], ['1', 'B', '100']],
  ['M5B4|M[500-5A0]', ['M5B4', 'M500', 'M5A0'], ['M5B3', 'M', 'M4FF']],
  ['M[>500]ST11W[1-5]', ['M501ST11W1', 'MFFFFST11W5'], ['M500ST11W1', 'M501ST11W6', 'M501ST11W']],
  ['W[1-3|5-7]N', ['W2N', 'W6N'], ['W4N', 'W2', 'W2NN']],
  ['M[5B4|400]E', ['M5B4E', 'M400E'], ['M5B4', 'M5B4EE']],
  ['NW[7|][E]', ['NW7E', 'NWE'], ['NW8E', 'NW7']],
])('%s allows what it says', (text, allowed, not) => {
  const expression = parseExpression(text);
  expect(formatExpression(expression)).toBe(text);
  expect(allowed.filter((value) => !matches(expression, value))).toEqual([]);
  expect(not.filter((value) => matches(expression, value))).toEqual([]);
});

it.each([
  ['M[500', 'no partner'],
  ['M500]', 'no partner'],
  [']M[', 'no partner'],
  ['['.repeat(30) + ']'.repeat(30), 'deep'],
])('%s is refused', (text, why) => {
  expect(() => parseExpression(text)).toThrow(FormatFault);
  expect(() => parseExpression(text)).toThrow(why);
});

it.each([
  ['5-', '5-'],
  ['1|G-H', 'G-H'],
  ['M[4EC-M5B0]', '4EC-M5B0'],
  ['9-5', '9-5'],
  ['>', '>'],
  ['M>5', 'M>5'],
])('%s is a text, and doubtful', (text, doubt) => {
  const expression = parseExpression(text);
  expect(formatExpression(expression)).toBe(text);
  expect(doubtful(expression)).toBe(doubt);
});
