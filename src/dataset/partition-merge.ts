import type { MergedColumns } from './matrix-view.js';

interface Group {
  readonly at: number;
  readonly values: number;
  readonly members: Int32Array[];
  first: number;
}

// FNV-1a over 16-bit codes.
function hashOf(codes: Int16Array, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let place = from; place < from + length; place++)
    hash = Math.imul(hash ^ (codes[place]! & 0xffff), 0x01000193);
  return hash >>> 0;
}

function equal(codes: Int16Array, one: number, other: number, length: number): boolean {
  for (let place = 0; place < length; place++) if (codes[one + place] !== codes[other + place]) return false;
  return true;
}

/**
 * The columns that `columns` (over `height` rows) become when only `rows` and the members that `keep` accepts
 * are left: relabelled by first occurrence, those with fewer than two values gone, equal ones merged.
 */
export function mergePartitions(
  columns: MergedColumns,
  height: number,
  rows: Int32Array,
  keep: (member: number) => boolean,
): MergedColumns {
  const count = columns.values.length;
  const codes = new Int16Array(count * rows.length);
  const byHash = new Map<number, Group[]>();
  const groups: Group[] = [];
  const relabelled = new Int16Array(columns.values.reduce((most, values) => Math.max(most, values), 0));
  let used = 0;
  for (let column = 0; column < count; column++) {
    const members = columns.members.subarray(columns.start[column]!, columns.start[column + 1]!).filter(keep);
    if (members.length === 0) continue;
    const at = used * rows.length;
    const values = relabel(columns.codes, column * height, rows, relabelled.fill(-1), codes, at);
    if (values < 2) continue;
    const hash = hashOf(codes, at, rows.length);
    const alike = byHash.get(hash) ?? [];
    const same = alike.find((group) => equal(codes, group.at, at, rows.length));
    if (same) {
      same.members.push(members);
      same.first = Math.min(same.first, members[0]!);
      continue;
    }
    const group = { at, values, members: [members], first: members[0]! };
    byHash.set(hash, [...alike, group]);
    groups.push(group);
    used++;
  }
  return pack(
    groups.sort((one, other) => one.first - other.first),
    codes,
    rows.length,
  );
}

function relabel(
  from: Int16Array,
  at: number,
  rows: Int32Array,
  relabelled: Int16Array,
  to: Int16Array,
  target: number,
): number {
  let next = 0;
  for (let row = 0; row < rows.length; row++) {
    const code = from[at + rows[row]!]!;
    if (code >= 0 && relabelled[code] === -1) relabelled[code] = next++;
    to[target + row] = code < 0 ? -1 : relabelled[code]!;
  }
  return next;
}

function pack(groups: readonly Group[], codes: Int16Array, height: number): MergedColumns {
  const packed = new Int16Array(groups.length * height);
  const start = new Int32Array(groups.length + 1);
  for (const [column, group] of groups.entries()) {
    packed.set(codes.subarray(group.at, group.at + height), column * height);
    start[column + 1] = start[column]! + group.members.reduce((sum, members) => sum + members.length, 0);
  }
  const members = new Int32Array(start[groups.length]!);
  for (const [column, group] of groups.entries()) {
    let place = start[column]!;
    for (const part of group.members) {
      members.set(part, place);
      place += part.length;
    }
    members.subarray(start[column]!, place).sort();
  }
  return { codes: packed, values: Int32Array.from(groups, (group) => group.values), start, members };
}
