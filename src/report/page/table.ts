import { html, type Markup, type Part } from '../escape.js';
import { scrolling } from './blocks.js';

export interface Column<Row> {
  readonly heading: string;
  /** Numbers are aligned to the right and sorted by value. */
  readonly number?: boolean;
  /** The cell that names its row. */
  readonly rowHeading?: boolean;
  readonly cell: (row: Row) => Part;
  /** What the column is sorted by when the text of the cell will not do. */
  readonly key?: (row: Row) => string | number | null;
}

export interface Table<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Adds buttons to the headings when JavaScript runs. */
  readonly sortable?: boolean;
  readonly className?: string;
}

/** A table with a caption, column and row headings, in a box that scrolls when it is too wide. */
export function table<Row>({ caption, columns, rows, sortable, className }: Table<Row>): Markup {
  const head = columns.map(
    ({ heading, number }) => html`<th scope="col"${number && html` class="n"`}>${heading}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>${columns.map(({ number, rowHeading, cell, key }) => {
        const value = key?.(row);
        const sort = value !== undefined && value !== null && html` data-v="${value}"`;
        if (rowHeading) return html`<th scope="row"${sort}>${cell(row)}</th>`;
        return html`<td${number && html` class="n"`}${sort}>${cell(row)}</td>`;
      })}</tr>`,
  );
  const classes = [className, sortable && 'sortable'].filter(Boolean).join(' ');
  return scrolling(
    caption,
    html`<table${classes !== '' && html` class="${classes}"`}><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
}
