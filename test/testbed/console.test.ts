import { expect, test } from 'vitest';
import { Console } from '../../testbed/console.js';

const write = (output: Console, text: string) => output.write(Buffer.from(text, 'latin1'));

test('a listener gets whole lines, also those printed before it came, without carriage returns', () => {
  const output = new Console();
  const lines: string[] = [];
  write(output, 'first\r\nsec');
  const stop = output.onLine((line) => lines.push(line));
  write(output, 'ond\r\nthird');
  expect(lines).toEqual(['first', 'second']);
  stop();
  write(output, '\n');
  expect(lines).toEqual(['first', 'second']);
});

test('the tail leaves out empty lines and terminal escapes', () => {
  const output = new Console();
  write(output, 'one\n\n\u001b[2J\u001b[1;31mtwo\u001b[0m  \nthree');
  expect(output.tail(2)).toEqual(['two', 'three']);
});

test('a machine that prints without end costs bounded memory and keeps its last words', () => {
  const output = new Console();
  for (let line = 0; line < 40_000; line++) write(output, `line ${line}\n`);
  expect(output.toString().length).toBeLessThanOrEqual(256 * 1024);
  expect(output.tail(1)).toEqual(['line 39999']);
});
