import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { UdpPort } from '../../src/netem/udp-port.js';

const header = Buffer.from('0003000000000001', 'hex');

test('carries frames both ways behind the tunnel header, and hears only its machine', async () => {
  const port = await UdpPort.open('machine');
  const machine = createSocket('udp4').bind(port.there, '127.0.0.1');
  const stranger = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(machine, 'listening'), once(stranger, 'listening')]);
  try {
    const received: string[] = [];
    const arrived = new Promise<void>((resolve) => {
      port.onFrame = (frame) => {
        received.push(Buffer.from(frame).toString());
        if (received.at(-1) === 'last') resolve();
      };
    });
    const packet = once(machine, 'message');
    port.send(Buffer.from('to the machine'));
    expect((await packet)[0]).toEqual(Buffer.concat([header, Buffer.from('to the machine')]));

    const sent = new Promise((resolve) => {
      stranger.send(Buffer.concat([header, Buffer.from('strange')]), port.here, '127.0.0.1', resolve);
    });
    await sent;
    machine.send(Buffer.from('no tunnel header'), port.here, '127.0.0.1');
    machine.send(header, port.here, '127.0.0.1');
    machine.send(Buffer.concat([header, Buffer.from('first')]), port.here, '127.0.0.1');
    machine.send(Buffer.concat([header, Buffer.from('last')]), port.here, '127.0.0.1');
    await arrived;
    expect(received).toEqual(['first', 'last']);
  } finally {
    machine.close();
    stranger.close();
    await port.close();
  }
  await port.close();
  port.send(Buffer.from('after the end'));
});
