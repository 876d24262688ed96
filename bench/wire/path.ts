import type { PathSpec } from '../../src/netem/path.js';

/** Five stages that tc and nft know too; each frame meets all of them, towards the machine. */
export const fiveStages: PathSpec = {
  forward: [
    { kind: 'ttl', set: 63 },
    { kind: 'mss', clamp: 1400 },
    { kind: 'loss', probability: 0.01 },
    { kind: 'duplicate', probability: 0.01 },
    { kind: 'delay', time: 1, jitter: 0.5 },
  ],
  reverse: [],
};
