import { shorten } from '../visible.js';

export interface TextColumn {
  readonly heading: string;
  readonly right?: boolean;
  /** Longer cells are cut, with an ellipsis. */
  readonly widest?: number;
}

const gap = '  ';

/** Columns of plain text under their headings, each line indented by two spaces. */
export function grid(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const cut = (text: string, column: TextColumn) =>
    shorten(text.replaceAll('\u00a0', ' '), column.widest ?? 40);
  const table = [columns.map(({ heading }) => heading), ...rows].map((row) =>
    columns.map((column, index) => cut(row[index] ?? '', column)),
  );
  const widths = columns.map((_, index) => Math.max(...table.map((row) => [...row[index]!].length)));
  return table.map((row) =>
    `  ${row
      .map((cell, index) => {
        const padding = ' '.repeat(widths[index]! - [...cell].length);
        return columns[index]!.right ? padding + cell : cell + padding;
      })
      .join(gap)}`.trimEnd(),
  );
}
