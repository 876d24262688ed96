/**
 * The page's script: sorting of tables and a choice of light or dark. The page says everything without it.
 * It is a constant, so that the content security policy can admit it by its hash and nothing else.
 */
export const script = `
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.v ?? cell.textContent;
    const number = Number(text);
    return text === '' || Number.isNaN(number) ? text : number;
  };
  const compare = (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b
      : typeof a === typeof b ? a.localeCompare(b, 'en', { numeric: true })
        : typeof a === 'number' ? -1 : 1;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const down = heading.getAttribute('aria-sort') === 'ascending';
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rows = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column)));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}
const root = document.documentElement;
const toggle = document.createElement('button');
toggle.type = 'button';
toggle.className = 'theme';
const isDark = () => (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
const name = () => { toggle.textContent = isDark() ? 'Light page' : 'Dark page'; };
toggle.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; name(); });
name();
document.querySelector('.masthead').append(toggle);
`;
