import { join } from 'node:path';
import { type BootableImage, pullImages } from '../images/index.js';
import { CapabilityError } from '../src/errors.js';
import { type BootedMachine, boot } from '../testbed/boot.js';
import { QemuDriver } from '../testbed/drivers/qemu/driver.js';
import { requireQemu } from '../testbed/drivers/qemu/platform.js';
import { Lease } from '../testbed/lease/lease.js';
import { qemuVersion } from '../testbed/qemu-version.js';
import { bootBridged } from './collect/bridged-guest.js';
import { guestOf, guestSeconds } from './collect/guest.js';
import { type Outcome, rate, together } from './collect/outcome.js';
import { compileProber, hping, nmap, type Peer, packetSocket, scapy } from './collect/peers.js';
import { ports } from './collect/probe.js';
import { ceiling, ours } from './collect/wire-guest.js';
import { type Figure, figure, host, median, type Report } from './figures.js';

const imageId = 'linux-6.12+deb13';
const rounds = 3;
/** Probes of a round. */
const counts = { ours: 50_000, 'AF_PACKET in C': 50_000, hping3: 10_000, scapy: 1000 };
const direct = 'C on the same socket';
const closed = 'ours, closed port';

/** Least rates by ours, times the peer's. */
const goals: Readonly<Record<string, number>> = {
  scapy: 100,
  hping3: 5,
  nmap: 1,
  'AF_PACKET in C': 1,
  [direct]: 0.8,
};

interface Round extends Outcome {
  /** Processor time of the emulators, seconds. */
  readonly guestS: number;
}

type Rounds = Map<string, Round[] | { readonly missing: string }>;

/** The same prober on each of the guests at once. */
async function measured<Guest>(
  guests: readonly Guest[],
  prober: (guest: Guest) => Promise<Outcome>,
): Promise<Round> {
  const before = await guestSeconds();
  const outcome = together(await Promise.all(guests.map(prober)));
  return { ...outcome, guestS: (await guestSeconds()) - before };
}

/** Does something with guests that are booted one after another, and ends them. */
async function withGuests<Guest extends AsyncDisposable>(
  count: number,
  bootOne: () => Promise<Guest>,
  work: (guests: readonly Guest[]) => Promise<void>,
): Promise<void> {
  const guests: Guest[] = [];
  try {
    while (guests.length < count) guests.push(await bootOne());
    await work(guests);
  } finally {
    for (const guest of guests) await guest[Symbol.asyncDispose]();
  }
}

async function onTheWire(
  image: BootableImage,
  guests: number,
  program: string,
  found: Rounds,
  say: (text: string) => void,
): Promise<void> {
  await using lease = await Lease.acquire();
  const driver = new QemuDriver(lease, 'tcg');
  const probers = {
    ours: (guest: BootedMachine) => ours(guest, ports.open, counts.ours),
    [closed]: (guest: BootedMachine) => ours(guest, ports.closed, counts.ours),
    [direct]: (guest: BootedMachine) => ceiling(program, guest, counts.ours, lease.environment()),
  };
  await withGuests(
    guests,
    () => boot(guestOf(driver, image)),
    async (booted) => {
      // The first is not counted: code is compiled there, in Node and in the emulator.
      for (const prober of Object.values(probers)) await measured(booted, prober);
      for (let round = 1; round <= rounds; round++)
        for (const [name, prober] of Object.entries(probers))
          note(found, name, await measured(booted, prober), say);
    },
  );
}

async function onBridges(
  image: BootableImage,
  guests: number,
  peers: ReadonlyMap<string, Peer | { readonly missing: string }>,
  found: Rounds,
  say: (text: string) => void,
): Promise<void> {
  await withGuests(
    guests,
    () => bootBridged(image),
    async (booted) => {
      for (const [name, peer] of peers) {
        if ('missing' in peer) {
          found.set(name, peer);
          continue;
        }
        const trials: { setting: string; reached: number }[] = [];
        for (const setting of peer.settings)
          trials.push({
            setting,
            reached: rate(await measured(booted, (guest) => peer.run(guest, setting))),
          });
        const best = trials.reduce((left, right) => (right.reached > left.reached ? right : left));
        const tried = trials.map(({ setting, reached }) => `${setting} ${reached.toFixed(0)}/s`);
        say(`${name}: best at ${best.setting} (${tried.join(', ')})`);
        for (let round = 1; round <= rounds; round++)
          note(found, name, await measured(booted, (guest) => peer.run(guest, best.setting)), say);
      }
    },
  );
}

function note(found: Rounds, name: string, round: Round, say: (text: string) => void): void {
  const before = found.get(name);
  found.set(name, [...(Array.isArray(before) ? before : []), round]);
  say(`${name}: ${rate(round).toFixed(0)}/s, ${round.answered} of ${round.sent} answered`);
}

/** A peer, or why it cannot be had. */
async function had(peer: Promise<Peer>): Promise<Peer | { readonly missing: string }> {
  return peer.catch((error: unknown) => {
    if (error instanceof CapabilityError) return { missing: error.message };
    throw error;
  });
}

/** Processor time of the emulators for an answer, microseconds. */
const guestUs = (rounds: readonly Round[]) =>
  median(rounds.map(({ guestS, answered }) => (1e6 * guestS) / answered));

function figures(guests: number, found: Rounds): Figure[] {
  const name = guests === 1 ? 'one guest' : `${guests} guests`;
  const of = (prober: string, what: (rounds: readonly Round[]) => number) => {
    const rounds = found.get(prober)!;
    return Array.isArray(rounds) ? what(rounds) : rounds;
  };
  const speed = (rounds: readonly Round[]) => median(rounds.map(rate));
  const rates = Object.entries(goals).map(([peer, goal]) => {
    // What nmap scans is closed but for one port.
    const [prober, about] = peer === 'nmap' ? [closed, `${name}, closed ports`] : ['ours', name];
    const mine = speed(found.get(prober) as Round[]);
    return figure({ name: about, unit: 'answers/s', better: 'more', goal }, mine, {
      [peer]: of(peer, speed),
    });
  });
  const cost = { name: `${name}, emulator`, unit: 'CPU us/answer', better: 'less', goal: 0.9 } as const;
  const alike = ['hping3', 'AF_PACKET in C', direct];
  const peers = Object.fromEntries(alike.map((peer) => [peer, of(peer, guestUs)]));
  return [...rates, figure(cost, guestUs(found.get('ours') as Round[]), peers)];
}

/** Losses, which the rates do not say. */
function losses(guests: number, found: Rounds): string {
  const each = [...found].flatMap(([name, rounds]) => {
    if (!Array.isArray(rounds)) return [];
    const { sent, answered } = together(rounds);
    return answered === sent ? [] : [`${name} ${((100 * answered) / sent).toFixed(1)} %`];
  });
  return `with ${guests} ${each.join(', ') || 'all'}`;
}

/**
 * SYNs to an open port of one guest, and of two at once, that are answered in a second, each SYN-ACK answered by a RST:
 * by Stackbed on the wire, by a program in C on the same socket, which is the ceiling, and by probers on a bridge with
 * the same guest on a tap interface. Needs root. Under TCG.
 *
 * @param guestCounts guests at once
 */
export async function collectSpeed(
  say: (text: string) => void,
  guestCounts: readonly number[] = [1, 2],
): Promise<Report> {
  const image = (await pullImages([imageId])).get(imageId)!;
  await using lease = await Lease.acquire();
  const program = await compileProber(lease.folder);
  const peers = new Map([
    ['AF_PACKET in C', packetSocket(program, counts['AF_PACKET in C'])],
    ['hping3', await had(hping(counts.hping3))],
    ['nmap', await had(nmap())],
    ['scapy', await had(scapy(join(lease.folder, 'scapy'), counts.scapy))],
  ] as const);
  const all: { guests: number; found: Rounds }[] = [];
  for (const guests of guestCounts) {
    const found: Rounds = new Map();
    say(guests === 1 ? 'one guest' : `${guests} guests at once`);
    await onTheWire(image, guests, program, found, say);
    await onBridges(image, guests, peers, found, say);
    all.push({ guests, found });
  }
  return {
    bench: 'collect',
    at: new Date().toISOString(),
    host: host({ qemu: await qemuVersion(await requireQemu('amd64')), accelerator: 'tcg', image: imageId }),
    notes: {
      nmap: 'SYNs to all ports of the guest, all but one of them closed',
      answered: all.map(({ guests, found }) => losses(guests, found)).join('; '),
    },
    figures: all.flatMap(({ guests, found }) => figures(guests, found)),
  };
}
