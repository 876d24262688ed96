import { expect, test } from 'vitest';
import { RunProgress } from '../../src/cli/progress.js';

function sink(isTTY: boolean) {
  const parts: string[] = [];
  return { isTTY, columns: 60, write: (more: string) => void parts.push(more), text: () => parts.join('') };
}

function tell(progress: RunProgress): void {
  const download = { kind: 'download', id: 'linux-x', packages: ['linux-image'], total: 28_000_000 } as const;
  progress.onEvent({ kind: 'images', wanted: 1 });
  for (const received of [0, 10_000_000, 28_000_000])
    progress.onEvent({ kind: 'image', progress: { ...download, received } });
  progress.onEvent({ kind: 'begin', folder: 'runs/x/1', machines: 2, done: 0, jobs: 1 });
  progress.onEvent({ kind: 'booting', machine: 'a' });
  progress.onEvent({ kind: 'ready', machine: 'a', bootMs: 1234 });
  progress.onEvent({ kind: 'measured', machine: 'a', received: 690, sent: 1800, probesPerS: 9000 });
  progress.onEvent({ kind: 'failed', machine: 'b', reason: 'Kernel panic', console: ['one', 'two'] });
  progress.end();
}

test('without a terminal: one plain line an event that matters, no escapes', () => {
  const out = sink(false);
  tell(new RunProgress(out));
  expect(out.text()).toBe(
    [
      '1 images',
      'linux-x: downloading 28 MB',
      '2 machines to measure, 1 at once; results in runs/x/1',
      '[1/2] a: 690 answers to 1800 packets, 9,000 packets/s',
      '[2/2] b: FAILED, Kernel panic; the end of its console:',
      '      | one',
      '      | two',
      '',
    ].join('\n'),
  );
});

test('on a terminal: the same lines, with a live block that is gone at the end', () => {
  const out = sink(true);
  tell(new RunProgress(out));
  expect(out.text()).toContain('1 of 2 machines');
  expect(out.text()).toContain('[1/2] a: 690 answers');
  expect(out.text().endsWith('\u001b[J') || out.text().endsWith('two\n')).toBe(true);
});
