import type { Part } from '../escape.js';

/** One numbered part of the page. */
export interface Section {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly body: Part;
}
