import type { PullProgress } from '../../images/progress.js';

/** What a run tells while it goes on. */
export type RunEvent =
  | { readonly kind: 'images'; readonly wanted: number }
  | { readonly kind: 'image'; readonly progress: PullProgress }
  | { readonly kind: 'accelerator'; readonly accelerator: string; readonly reason: string }
  | { readonly kind: 'pilot'; readonly machines: number; readonly probes: number }
  | {
      readonly kind: 'selected';
      readonly kept: number;
      readonly of: number;
      /** Of machines of the pilot. */
      readonly pairs: { readonly of: number; readonly all: number; readonly kept: number };
    }
  | {
      readonly kind: 'begin';
      readonly folder: string;
      readonly machines: number;
      readonly done: number;
      readonly jobs: number;
    }
  | { readonly kind: 'cold'; readonly machines: number; readonly reason: string }
  | { readonly kind: 'booting'; readonly machine: string }
  | { readonly kind: 'ready'; readonly machine: string; readonly bootMs: number }
  | { readonly kind: 'probing'; readonly machine: string; readonly done: number; readonly total: number }
  | {
      readonly kind: 'measured';
      readonly machine: string;
      readonly received: number;
      readonly sent: number;
      readonly probesPerS: number;
    }
  | {
      readonly kind: 'failed';
      readonly machine: string;
      readonly reason: string;
      readonly console: readonly string[];
    }
  | { readonly kind: 'learning'; readonly done: number; readonly total: number };

export type OnRunEvent = (event: RunEvent) => void;
