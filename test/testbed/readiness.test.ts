import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BootableImage, ProcessImage } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import { machineNetwork } from '../../src/probe/addressing.js';
import type { Control } from '../../src/probe/control.js';
import { Console } from '../../testbed/console.js';
import { ProcessDriver } from '../../testbed/drivers/process/driver.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { Exchange, Machine, MachineSpec } from '../../testbed/machine.js';
import { consoleReady } from '../../testbed/readiness/console-line.js';
import { dialogueHeld } from '../../testbed/readiness/dialogue.js';
import { readinessOf, sentinelKindOf } from '../../testbed/readiness/of-machine.js';

const program: ProcessImage = {
  command: ['true'],
  wire: 'stream',
  window: 64,
  sysctls: false,
  answers: ['arp', 'ping', 'syn-open', 'syn-closed', 'udp-closed'],
  ready: 'console',
  console: [],
  programs: {},
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-readiness-'));
});
afterAll(() => rm(folder, { recursive: true }));

function imageOf(process: ProcessImage | undefined): BootableImage {
  return {
    ...{ id: 'program', requested: 'program', digest: '', folder, kernel: '', initrd: '' },
    ...{ architecture: 'amd64', nics: [], release: '1', append: '' },
    labels: { kernel: ['a', 'b', 'c'], distribution: ['a', 'b', 'c'] },
    ...(process && { process }),
  };
}

function specOf(process: ProcessImage | undefined): MachineSpec {
  const hardware = { ramMib: 64, cores: 1, nic: 'virtio-net-pci' };
  return { id: 'm', image: imageOf(process), hardware, sysctls: {}, openPorts: [22] };
}

/** A machine whose console is this test's, with what is typed on it. */
function talker(dialogue: readonly Exchange[] = [], process = program) {
  const typed: string[] = [];
  const output = new Console();
  const machine = {
    spec: specOf(process),
    console: output,
    dialogue,
    type: (text: string) => typed.push(text),
  };
  const print = (text: string) => output.write(Buffer.from(text, 'latin1'));
  return { machine: machine as unknown as Machine, typed, print };
}

const control = {} as Control;
const open = new AbortController();

describe('the word on the console', () => {
  it.each([
    ['before it is waited for', true],
    ['afterwards', false],
  ])('is heard, given %s', async (_when, isEarly) => {
    const { machine, print } = talker();
    const word = () => print('STACKBED READY 6.1\n');
    if (isEarly) word();
    const heard = consoleReady.wait({ machine, control, signal: open.signal });
    if (!isEarly) word();
    await heard;
  });
});

describe('a dialogue on the console', () => {
  const steps = [
    { expect: /=> $/, send: 'one\n' },
    { expect: /=> $/, send: 'two\n' },
  ];

  it('types each line when its prompt has come, and not again for the same prompt', async () => {
    const { machine, typed, print } = talker(steps);
    print('U-Boot\r\n=');
    const readiness = dialogueHeld(steps);
    const held = readiness.wait({ machine, control, signal: open.signal });
    expect(typed).toEqual([]);
    print('> ');
    expect(typed).toEqual(['one\n']);
    print('one\r\nOK\r\n=> ');
    await held;
    expect(typed).toEqual(['one\n', 'two\n']);
  });

  it('hears what was printed before, and says what it still waits for', async () => {
    const { machine, typed, print } = talker(steps);
    print('=> ');
    const ended = new AbortController();
    const readiness = dialogueHeld([...steps, { expect: /never/, send: '' }]);
    const held = readiness.wait({ machine, control, signal: ended.signal });
    print('=> ');
    expect(typed).toEqual(['one\n', 'two\n']);
    expect(readiness.waitsFor).toBe('the console to say /never/');
    ended.abort(new Error('late'));
    await expect(held).rejects.toThrow('late');
  });
});

describe('what is waited for', () => {
  const waits = (process: Partial<ProcessImage>) =>
    readinessOf(talker([], { ...program, ...process }).machine).map(({ waitsFor }) => waitsFor);

  it('is the word on the console and a TCP answer, of a machine that answers everything', () => {
    expect(waits({})).toEqual(['the console to say READY', 'ARP and port 22 to answer']);
  });

  it('is never the answer to what the machine does not answer', () => {
    expect(waits({ answers: ['arp', 'ping'] })).toEqual([
      'the console to say READY',
      'an ICMP echo to be answered',
    ]);
    expect(waits({ answers: ['arp'] }).at(-1)).toBe('ARP to answer');
  });

  it('is no word on the console where the machine says none', () => {
    expect(waits({ ready: 'arp' })).toEqual(['ARP to answer']);
    expect(waits({ ready: 'ping' })).toEqual(['an ICMP echo to be answered']);
    expect(waits({ ready: 'tcp' })).toEqual(['ARP and port 22 to answer']);
  });

  it('begins with the dialogue', () => {
    const { machine } = talker([{ expect: /=>/, send: 'x' }]);
    expect(readinessOf(machine)[0]!.waitsFor).toBe('the console to say /=>/');
  });
});

it('a sentinel is what the machine answers, the RST of a SYN first', () => {
  const kind = (answers: ProcessImage['answers']) => sentinelKindOf(imageOf({ ...program, answers }));
  expect(kind(['arp', 'ping', 'syn-closed'])).toBe('syn');
  expect(kind(['arp', 'ping', 'syn-open'])).toBe('ping');
  expect(kind(['arp'])).toBe('arp');
  expect(sentinelKindOf(imageOf(undefined))).toBe('syn');
});

describe('a program', () => {
  it('is told on its console what its image says, with the machine’s own address', async () => {
    const step = { expect: '=> $', send: 'set {address} {netmask}\n' };
    const talks = {
      ...program,
      command: ['sh', '-c', 'printf "=> "; read line; echo "got $line"; exec sleep 60'],
      console: [step],
    };
    await using lease = await Lease.acquire();
    const machine = await new ProcessDriver(lease).start(specOf(talks), machineNetwork);
    try {
      const said = new Promise<string>((resolve) => {
        machine.console.onLine((line) => line.includes('got') && resolve(line));
      });
      await dialogueHeld(machine.dialogue!).wait({ machine, control, signal: open.signal });
      expect(await said).toBe('=> got set 172.31.0.2 255.255.0.0');
    } finally {
      await machine.stop();
    }
  });

  it('that the machine lacks is named, with what installs it', async () => {
    await using lease = await Lease.acquire();
    const lacking = { ...program, programs: { 'no-such-program': 'its-package' } };
    const failure = await new ProcessDriver(lease)
      .start(specOf(lacking), machineNetwork)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CapabilityError);
    expect((failure as CapabilityError).message).toBe('no-such-program is not installed: it starts program');
    expect((failure as CapabilityError).remedy).toContain('apt-get install');
    expect((failure as CapabilityError).remedy).toContain('its-package');
  });
});
