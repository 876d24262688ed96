import type { Command } from '../compile/command.js';
import type { Direction } from '../flow.js';

/** The device through which a direction's packets go as they come in, so that they queue before all else. */
export function earlyDevice(direction: Direction): string {
  return `ifb-${direction}`;
}

/** Sends what comes in at `device` through an intermediate functional block, whose egress can have qdiscs. */
export function earlyCommands(
  device: string,
  direction: Direction,
  { ip, tc }: { ip: string; tc: string },
): Command[] {
  const ifb = earlyDevice(direction);
  return [
    { argv: [ip, 'link', 'add', 'name', ifb, 'type', 'ifb'] },
    { argv: [ip, 'link', 'set', 'dev', ifb, 'up'] },
    { argv: [tc, 'qdisc', 'add', 'dev', device, 'ingress'] },
    {
      argv: [
        ...([tc, 'filter', 'add', 'dev', device, 'ingress', 'protocol', 'ip', 'matchall'] as const),
        ...['action', 'mirred', 'egress', 'redirect', 'dev', ifb],
      ],
    },
  ];
}

/** Takes away what `earlyCommands` made. */
export function withoutEarly(
  device: string,
  direction: Direction,
  { ip, tc }: { ip: string; tc: string },
): Command[] {
  return [
    { argv: [tc, 'qdisc', 'del', 'dev', device, 'ingress'] },
    { argv: [ip, 'link', 'del', 'dev', earlyDevice(direction)] },
  ];
}
