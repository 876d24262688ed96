import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BootableImage, pullImages } from '../../images/index.js';

const canRun =
  existsSync('/usr/lib/apt/apt-helper') && spawnSync('qemu-system-x86_64', ['--version']).status === 0;

const guestMac = '525400000002';
const ourMac = '020000000001';
const hex = (address: string) => Buffer.from(address.split('.').map(Number)).toString('hex');

function sum(bytes: Buffer): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) total += bytes.readUInt16BE(at);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

/** An Ethernet frame with a SYN as a Linux client sends it, without timestamps. */
function syn(source: string, sourcePort: number, port: number): Buffer {
  const addresses = Buffer.from(hex(source) + hex('172.31.0.2'), 'hex');
  const tcp = Buffer.alloc(32);
  tcp.writeUInt16BE(sourcePort, 0);
  tcp.writeUInt16BE(port, 2);
  tcp.writeUInt32BE(1000, 4);
  tcp.writeUInt16BE(0x8002, 12);
  tcp.writeUInt16BE(64240, 14);
  Buffer.from('020405b40101040201030307', 'hex').copy(tcp, 20);
  tcp.writeUInt16BE(sum(Buffer.concat([addresses, Buffer.from([0, 6, 0, tcp.length]), tcp])), 16);
  const ip = Buffer.concat([Buffer.from('4500003400010000400600', 'hex'), Buffer.alloc(1), addresses]);
  ip.writeUInt16BE(sum(ip), 10);
  return Buffer.concat([Buffer.from(`${guestMac + ourMac}0800`, 'hex'), ip, tcp]);
}

/** Answers the guest's question for an address with our own link-layer address (RFC 826). */
function arpReply(request: Buffer): Buffer {
  const asker = request.subarray(22, 32);
  const wanted = request.subarray(38, 42).toString('hex');
  const head = `${guestMac + ourMac}08060001080006040002${ourMac}${wanted}`;
  return Buffer.concat([Buffer.from(head, 'hex'), asker]);
}

/** The far end of the guest's cable: frames behind 32-bit lengths on a unix socket. */
class Cable {
  readonly frames: Buffer[] = [];
  answersArp = false;
  #rest = Buffer.alloc(0);
  #socket: Socket | undefined;
  readonly server: Server = createServer((socket) => {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => this.#receive(bytes));
  });

  send(frame: Buffer): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    this.#socket!.write(Buffer.concat([length, frame]));
  }

  #receive(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 4 && this.#rest.length >= 4 + this.#rest.readUInt32BE(0)) {
      const length = this.#rest.readUInt32BE(0);
      const frame = this.#rest.subarray(4, 4 + length);
      this.#rest = this.#rest.subarray(4 + length);
      this.frames.push(frame);
      if (this.answersArp && frame.readUInt16BE(12) === 0x0806) this.send(arpReply(frame));
    }
  }

  /** SYN-ACKs so far, as their TCP options in hexadecimal. */
  synAckOptions(): string[] {
    const segments = this.frames
      .filter((frame) => frame.readUInt16BE(12) === 0x0800)
      .map((frame) => frame.subarray(34));
    return segments
      .filter((tcp) => tcp[13] === 0x12)
      .map((tcp) => tcp.subarray(20, (tcp[12]! >> 4) * 4).toString('hex'));
  }
}

describe.skipIf(!canRun)('an image of Linux 6.12', () => {
  const cable = new Cable();
  let folder: string;
  let image: BootableImage;
  let machine: ChildProcess;
  let written = '';

  const says = async (text: RegExp): Promise<string> => {
    for (let waited = 0; waited < 100_000; waited += 50) {
      const match = text.exec(written);
      if (match) return match[0];
      if (machine.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`the guest never said ${text}: ${written}`);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stackbed-boot-'));
    image = (await pullImages(['linux-6.12'])).get('linux-6.12')!;
    const socket = join(folder, 'cable');
    await new Promise<void>((resolve) => cable.server.listen(socket, resolve));
    const guest = 'stackbed.address=172.31.0.2/16 stackbed.gateway=172.31.0.1 stackbed.open=22,8080';
    const more = 'stackbed.sysctl=net.ipv4.tcp_ecn=0 stackbed.sysctl=net.ipv4.tcp_rmem=4096:65536:1000000';
    const append = `console=ttyS0 panic=-1 acpi=off ${image.append} ${guest} ${more}`;
    machine = spawn('qemu-system-x86_64', [
      ...[
        '-accel',
        'tcg,thread=multi',
        '-cpu',
        'max',
        '-M',
        'pc',
        '-m',
        '256',
        '-nodefaults',
        '-no-user-config',
      ],
      ...['-display', 'none', '-no-reboot', '-serial', 'stdio'],
      ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', append],
      ...['-netdev', `stream,id=n0,server=off,addr.type=unix,addr.path=${socket}`],
      ...['-device', `virtio-net-pci,netdev=n0,romfile=,mac=${guestMac.match(/../g)!.join(':')}`],
    ]);
    machine.stdout!.on('data', (bytes) => {
      written += bytes;
    });
    await says(/STACKBED (READY|FAILED).*\r\n/);
  });

  afterAll(async () => {
    machine?.kill('SIGKILL');
    cable.server.close();
    if (folder) await rm(folder, { recursive: true });
  });

  it('boots to the one line that says so, though nobody answers it', () => {
    expect(written.trim()).toBe(`STACKBED READY ${image.release}`);
  });

  it('sends nothing unasked', async () => {
    await sleep(1500);
    expect(cable.frames).toEqual([]);
  });

  it('answers a burst of SYNs from another network in full, by its gateway', async () => {
    cable.answersArp = true;
    const count = 300;
    for (let at = 0; at < count; at++) cable.send(syn('198.51.100.7', 20000 + at, at % 2 ? 22 : 8080));
    // Its question for the gateway's address is a frame, too, but no answer.
    const isDone = () => cable.synAckOptions().length >= count;
    for (let waited = 0; waited < 10_000 && !isDone(); waited += 50) await sleep(50);
    const options = cable.synAckOptions();
    expect(options.length).toBeGreaterThanOrEqual(count);
    // Maximum segment size, SACK permitted, window scale 4: a buffer of 1,000,000 bytes, as set above.
    expect(new Set(options)).toEqual(new Set(['020405b40101040201030304']));
  });

  it('obeys the console', async () => {
    machine.stdin!.write('sysctl net.ipv4.ip_default_ttl=99\n');
    await says(/STACKBED DONE sysctl/);
    cable.frames.length = 0;
    cable.send(syn('198.51.100.7', 30000, 7));
    for (let waited = 0; waited < 5000 && cable.frames.length === 0; waited += 50) await sleep(50);
    const reset = cable.frames.find((frame) => frame.subarray(34)[13] === 0x14)!;
    expect(reset[22]).toBe(99);
    machine.stdin!.write('stop\n');
    for (let waited = 0; waited < 10_000 && machine.exitCode === null; waited += 50) await sleep(50);
    expect(machine.exitCode).toBe(0);
  });
});
