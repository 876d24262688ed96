import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CpioEntry, cpioArchive } from '../../images/cpio.js';

const entries: CpioEntry[] = [
  { type: 'directory', path: 'bin' },
  { type: 'directory', path: 'dev' },
  { type: 'character-device', path: 'dev/console', major: 5, minor: 1 },
  { type: 'file', path: 'bin/tool', mode: 0o755, data: Buffer.from('#!/bin/sh\n') },
  { type: 'symlink', path: 'bin/sh', target: 'tool' },
];

const hasCpio = spawnSync('cpio', ['--version']).status === 0;

describe('cpioArchive', () => {
  it('writes the newc header field by field, name and data padded to four bytes', () => {
    const archive = cpioArchive([{ type: 'file', path: 'ab', mode: 0o640, data: Buffer.from('hello') }]);
    const header =
      '070701' + // magic
      '00000001' + // inode
      '000081A0' + // regular file, 0640
      '00000000' + // owner
      '00000000' + // group
      '00000001' + // links
      '00000000' + // time
      '00000005' + // size
      '0000000000000000' + // device
      '0000000000000000' + // device that it stands for
      '00000003' + // length of the name with its final zero
      '00000000'; // checksum
    expect(archive.subarray(0, 124).toString('latin1')).toBe(`${header}ab\0\0\0\0hello\0\0\0`);
    expect(archive.subarray(124).toString('latin1')).toMatch(/^070701.{104}TRAILER!!!\0+$/s);
    expect(archive.length % 4).toBe(0);
  });

  it('gives a device node its numbers and a symbolic link its target', () => {
    const text = cpioArchive(entries).toString('latin1');
    expect(text).toContain('00002180'); // character device, 0600
    expect(text).toContain('0000000500000001'); // major 5, minor 1
    expect(text).toContain('bin/sh\0\0\0\0tool');
  });

  it('is a function of its entries', () => {
    expect(cpioArchive(entries).equals(cpioArchive(entries))).toBe(true);
    expect(cpioArchive(entries).equals(cpioArchive(entries.toReversed()))).toBe(false);
  });

  it.skipIf(!hasCpio)('is read by cpio(1)', () => {
    const listed = spawnSync('cpio', ['-tv'], { input: cpioArchive(entries), encoding: 'utf8' });
    expect(listed.status).toBe(0);
    const lines = listed.stdout.trim().split('\n');
    expect(lines.map((line) => line.split(/\s+/)[0])).toEqual([
      'drwxr-xr-x',
      'drwxr-xr-x',
      'crw-------',
      '-rwxr-xr-x',
      'lrwxrwxrwx',
    ]);
    expect(lines.at(-1)).toContain('bin/sh -> tool');
  });
});
