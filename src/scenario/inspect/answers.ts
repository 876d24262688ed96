import type { MachineSummary } from '../../dataset/summary.js';
import { formatTcpFlags, tcpFlag } from '../../packet/index.js';
import type { Probe } from '../../probe/probe.js';

/** Pairs of machine and probe of one kind, by how many of the copies were answered: all, some, none. */
export interface KindAnswers {
  readonly target: Probe['target'];
  /** FIN, SYN, RST and ACK of the probe, as letters. */
  readonly flags: string;
  readonly pairs: number;
  readonly answered: number;
  readonly partial: number;
  readonly silent: number;
}

/** The flags that decide what becomes of a segment. */
const deciding = tcpFlag.fin | tcpFlag.syn | tcpFlag.rst | tcpFlag.ack;

/** Counts answers by kind of probe. */
export class AnswerCounts {
  private readonly kinds = new Map<string, { -readonly [Key in keyof KindAnswers]: KindAnswers[Key] }>();

  /** @param only the one probe that counts; default: all */
  constructor(
    private readonly probes: readonly Probe[],
    private readonly only?: number,
  ) {}

  /** Counts a machine's, and says them. */
  add({ answers, copies }: Pick<MachineSummary, 'answers' | 'copies'>) {
    const own = { answered: 0, partial: 0, silent: 0 };
    for (const [index, { target, flags }] of this.probes.entries()) {
      if (this.only !== undefined && index !== this.only) continue;
      const letters = formatTcpFlags(flags & deciding);
      const key = `${target} ${letters}`;
      const kind = this.kinds.get(key) ?? {
        target,
        flags: letters,
        pairs: 0,
        answered: 0,
        partial: 0,
        silent: 0,
      };
      this.kinds.set(key, kind);
      const how = answers[index] === copies ? 'answered' : answers[index] === 0 ? 'silent' : 'partial';
      kind.pairs++;
      kind[how]++;
      own[how]++;
    }
    return own;
  }

  /** Open port first, by flags. */
  all(): KindAnswers[] {
    const order = ({ target, flags }: KindAnswers) => `${target === 'open' ? 0 : 1} ${flags}`;
    return [...this.kinds.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }
}

/** Most probes that are listed; all are counted. */
const mostListed = 1000;

/** The probes of which some copies were answered. */
export class PartialProbes {
  count = 0;
  readonly first: { readonly machine: string; readonly probe: number; readonly answered: number }[] = [];

  add(machine: string, { answers, copies }: Pick<MachineSummary, 'answers' | 'copies'>, only?: number): void {
    for (const [probe, answered] of answers.entries()) {
      if (answered === 0 || answered === copies || (only !== undefined && probe !== only)) continue;
      this.count++;
      if (this.first.length < mostListed) this.first.push({ machine, probe, answered });
    }
  }
}
