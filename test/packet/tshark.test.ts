import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeFrame, emitFrame, readPcapng } from '../../src/packet/index.js';
import { mixedCapture } from './probe-mix.js';
import { asTshark, type TsharkRow, tsharkFields } from './tshark-view.js';

/**
 * Our codec against Wireshark's. The golden capture and what tshark said of it are committed, so this needs no
 * tshark; where there is one it is asked again. `UPDATE_GOLDEN=1 npx vitest run test/packet/tshark.test.ts`
 * writes both files anew, and then the diff is to be read.
 */
const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
const capturePath = golden('codec.pcapng');
const answersPath = golden('codec.tshark.json');
const goldenSeed = 2010;
const goldenCount = 250;
const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const hasCapinfos = spawnSync('capinfos', ['--version']).status === 0;

function askTshark(path: string): TsharkRow[] {
  const preferences = [
    'tcp.relative_sequence_numbers:FALSE',
    'tcp.check_checksum:TRUE',
    'ip.check_checksum:TRUE',
    'ip.defragment:FALSE',
    'udp.check_checksum:TRUE',
  ].flatMap((preference) => ['-o', preference]);
  // Random ports and payloads must not wake the dissectors of application protocols.
  const transports = ['tcp', 'udp'].flatMap((name) => ['-d', `${name}.port==0-65535,data`]);
  const fields = tsharkFields.flatMap((field) => ['-e', field]);
  const answer = execFileSync(
    'tshark',
    [
      ...['-n', '-r', path, ...preferences, ...transports],
      ...['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=;', ...fields],
    ],
    { encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const lines = answer.split('\n').slice(0, -1);
  return lines.map((line) => ownFieldsOnly(line.split('\t').map(asNumber)));
}

/** Wireshark 4.2 and later print booleans as words. */
function asNumber(value: string): string {
  return value === 'True' ? '1' : value === 'False' ? '0' : value;
}

/** An ICMP error quotes a packet whose fields tshark lists after those of the packet itself. */
function ownFieldsOnly(row: TsharkRow): TsharkRow {
  if (row[tsharkFields.indexOf('icmp.type')] === '') return row;
  return row.map((value, i) => (/^(tcp|udp)\./.test(tsharkFields[i]!) ? '' : value.split(';')[0]!));
}

/** Rows with their field names, so that a difference says where it is. */
function named(rows: TsharkRow[]): Record<string, string>[] {
  return rows.map((row) =>
    Object.fromEntries(row.map((value, i) => [tsharkFields[i] ?? `column ${i}`, value])),
  );
}

function ours(capture: Uint8Array): TsharkRow[] {
  return [...readPcapng(capture)].map(asTshark);
}

function writeAnswers(rows: TsharkRow[]): void {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`);
  const fields = `  "fields": ${JSON.stringify(tsharkFields)},`;
  writeFileSync(answersPath, ['{', fields, '  "packets": [', lines.join(',\n'), '  ]', '}', ''].join('\n'));
}

function readAnswers(): TsharkRow[] {
  const { fields, packets }: { fields: string[]; packets: TsharkRow[] } = JSON.parse(
    readFileSync(answersPath, 'utf8'),
  );
  expect(fields, 'the golden answers are of other fields').toEqual(tsharkFields);
  return packets;
}

if (process.env.UPDATE_GOLDEN) {
  writeFileSync(capturePath, mixedCapture(goldenSeed, goldenCount));
  writeAnswers(askTshark(capturePath));
}

describe('the golden capture', () => {
  const capture = readFileSync(capturePath);

  it('decodes field by field as tshark decoded it', () => {
    const answers = readAnswers();
    expect(named(ours(capture))).toEqual(named(answers));
    expect(answers).toHaveLength(goldenCount);
  });

  it('is what the writer and the seed still make', () => {
    expect(capture.equals(mixedCapture(goldenSeed, goldenCount))).toBe(true);
  });

  it('exercises every compared field', () => {
    const answers = readAnswers();
    const unseen = tsharkFields.filter((_, column) => answers.every((row) => row[column] === ''));
    expect(unseen).toEqual([]);
  });

  it('survives decode and emit byte for byte', () => {
    for (const { bytes } of readPcapng(capture)) {
      expect(Buffer.from(emitFrame(decodeFrame(bytes)))).toEqual(bytes);
    }
  });
});

describe.skipIf(!hasTshark)('live tshark', () => {
  it('says of the golden capture what is committed', () => {
    expect(named(askTshark(capturePath))).toEqual(named(readAnswers()));
  });

  it('agrees with the codec on a fresh capture', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stackbed-tshark-'));
    try {
      const seed = Math.trunc(performance.timeOrigin);
      const capture = mixedCapture(seed, 400);
      const path = join(folder, 'fresh.pcapng');
      writeFileSync(path, capture);
      expect(named(ours(capture)), `seed ${seed}`).toEqual(named(askTshark(path)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!hasCapinfos)('live capinfos', () => {
  it('opens the capture without complaint', () => {
    const { status, stdout } = spawnSync('capinfos', ['-M', capturePath], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`Number of packets: +${goldenCount}\n`));
    expect(stdout).toMatch(/File timestamp precision: +nanoseconds \(9\)/);
    expect(stdout).toMatch(/Name = prober\n +Description = what the prober sends/);
    expect(stdout).toMatch(/Name = machine/);
  });
});
