import type { PathSpec } from '../../src/netem/path.js';

/** Five stages that the kernel's netem and nftables know too, towards the machine. */
export const fiveStages: PathSpec = {
  forward: [
    { kind: 'ttl', set: 63 },
    { kind: 'dscp', set: 0 },
    { kind: 'mss', clamp: 1400 },
    { kind: 'loss', probability: 0.01 },
    { kind: 'delay', time: 1, jitter: 0.5 },
  ],
  reverse: [],
};
