import type { Port } from './port.js';

/** A port whose other end is in this process: what one end sends, the other end's `onFrame` gets at once. */
export function localPortPair(name: string): [inside: Port, outside: Port] {
  const make = (end: string): Port & { peer?: Port } => ({
    name: `${name}.${end}`,
    onFrame: undefined,
    send(frame) {
      this.peer?.onFrame?.(frame);
    },
    flush() {},
    async close() {
      this.onFrame = undefined;
    },
  });
  const inside = make('inside');
  const outside = make('outside');
  inside.peer = outside;
  outside.peer = inside;
  return [inside, outside];
}
