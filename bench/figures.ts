import { cpus, release, totalmem } from 'node:os';

/** One measured quantity, ours beside that of others, measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** By name; null for one that cannot be had here. */
  readonly peers: Readonly<Record<string, number | null>>;
  /** Of a peer that was stopped, what it had spent by then: less than it takes. Its place in `peers` is null. */
  readonly atLeast: Readonly<Record<string, number>>;
  /** Why a peer is null, by name. */
  readonly missing: Readonly<Record<string, string>>;
  /** How many times better than the best peer we are: above 1 is better, whichever way the unit goes. */
  readonly ratio: number | null;
  /** The best peer was stopped, so that the ratio is larger than it is said to be. */
  readonly ratioAtLeast: boolean;
  /** The least ratio that is aimed at. */
  readonly goal: number;
  /** Null when there is no peer to compare with, or it was stopped too early to say. */
  readonly holds: boolean | null;
}

export interface Report {
  readonly bench: string;
  readonly at: string;
  readonly host: Readonly<Record<string, string | number>>;
  readonly figures: readonly Figure[];
  /** What a peer's figure means, by name, where that is not plain. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** What a benchmark found that has a text of its own. */
export interface Verdict {
  readonly bench: string;
  readonly at: string;
  readonly host: Readonly<Record<string, string | number>>;
  readonly rows: readonly object[];
  readonly text: string;
  readonly holds: boolean;
}

/** The middle of `values`; the mean of the middle two when there is an even number. Throws RangeError for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new RangeError('nothing was measured');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What a measurement found of a peer: its figure, or why there is none and what it spent before it was stopped. */
export type Peer = number | { readonly missing: string; readonly atLeast?: number };

/**
 * @param better which way the unit goes
 * @param goal least ratio of the best peer to us, so that larger is better
 * @param aside peers that are shown and not compared with
 */
export function figure(
  about: { name: string; unit: string; better: 'less' | 'more'; goal: number; aside?: readonly string[] },
  ours: number,
  peers: Readonly<Record<string, Peer>>,
): Figure {
  const { aside = [], name, unit, better, goal } = about;
  const entries = Object.entries(peers);
  const found = entries.flatMap(([peer, value]) =>
    typeof value === 'number' && !aside.includes(peer) ? [value] : [],
  );
  const atLeast = Object.fromEntries(
    entries.flatMap(([peer, value]) =>
      better === 'less' && typeof value !== 'number' && value.atLeast !== undefined
        ? [[peer, value.atLeast]]
        : [],
    ),
  );
  const least = Math.min(...found, ...Object.values(atLeast));
  const most = Math.max(...found);
  const ratio = better === 'less' ? least / ours : ours / most;
  const isKnown = Number.isFinite(better === 'less' ? least : most);
  const ratioAtLeast = isKnown && better === 'less' && !found.includes(least);
  const holds = isKnown && ratio >= goal;
  return {
    ...{ name, unit, ours, goal, atLeast, ratioAtLeast },
    ratio: isKnown ? ratio : null,
    peers: Object.fromEntries(
      entries.map(([peer, value]) => [peer, typeof value === 'number' ? value : null]),
    ),
    missing: Object.fromEntries(
      entries.flatMap(([peer, value]) => (typeof value === 'number' ? [] : [[peer, value.missing]])),
    ),
    holds: holds || (isKnown && !ratioAtLeast) ? holds : null,
  };
}

/** What is to be known of the machine that measured. */
export function host(more: Readonly<Record<string, string | number>> = {}): Report['host'] {
  return {
    kernel: release(),
    node: process.versions.node,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memory_mib: Math.round(totalmem() / 2 ** 20),
    ...more,
  };
}

const number = (value: number | null) =>
  value === null ? '-' : value >= 100 ? value.toFixed(0) : value.toPrecision(3);

/** The figures as a Markdown table, with what peers' figures mean and what is missing below it. */
export function table({ figures, notes = {} }: Report): string {
  const peers = [...new Set(figures.flatMap((each) => Object.keys(each.peers)))];
  const rows = [
    ['figure', 'unit', 'ours', ...peers, 'ratio', 'goal', 'holds'],
    ...figures.map((each) => [
      ...[each.name, each.unit, number(each.ours)],
      ...peers.map((peer) => {
        const spent = each.atLeast[peer];
        return spent === undefined ? number(each.peers[peer] ?? null) : `> ${number(spent)}`;
      }),
      ...[
        `${each.ratioAtLeast ? '> ' : ''}${number(each.ratio)}`,
        number(each.goal),
        each.holds === null ? '-' : each.holds ? 'yes' : 'no',
      ],
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const reasons = new Set(
    [notes, ...figures.map((each) => each.missing)].flatMap((each) =>
      Object.entries(each).map(([peer, why]) => `${peer}: ${why}`),
    ),
  );
  return [line(rows[0]!), rule, ...rows.slice(1).map(line), ...[...reasons].map((why) => `\n${why}`)].join(
    '\n',
  );
}
