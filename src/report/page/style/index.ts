import { data } from './data.js';
import { layout } from './layout.js';
import { print } from './print.js';
import { theme } from './theme.js';

/** The page's style sheet. */
export const style = [theme, layout, data, print].join('').replaceAll('\n', '');
