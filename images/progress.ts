/** What is being waited for, as plain data. Sizes in bytes. */
export type PullProgress =
  | { readonly kind: 'index'; readonly suites: readonly string[] }
  /** The archive is asked which of so many files it holds. */
  | { readonly kind: 'holdings'; readonly files: number }
  | { readonly kind: 'suite-unavailable'; readonly suite: string; readonly reason: string }
  | {
      readonly kind: 'download';
      readonly id: string;
      readonly packages: readonly string[];
      readonly received: number;
      readonly total: number;
    }
  /** The archive lists `id` without holding it; `next` is tried in its place. */
  | {
      readonly kind: 'not-held';
      readonly id: string;
      readonly next: string;
      readonly packages: readonly string[];
    }
  | { readonly kind: 'build'; readonly id: string }
  | { readonly kind: 'convert'; readonly id: string }
  | { readonly kind: 'install'; readonly id: string; readonly packages: readonly string[] }
  | { readonly kind: 'waiting'; readonly id: string; readonly pid: number }
  /** What was locked could be made again only with other bytes: where a compiler of the machine's own takes part. */
  | { readonly kind: 'differs'; readonly id: string; readonly locked: string; readonly digest: string }
  | { readonly kind: 'ready'; readonly id: string; readonly digest: string; readonly fromStore: boolean };

export type OnProgress = (event: PullProgress) => void;
