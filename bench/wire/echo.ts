import { createSocket } from 'node:dgram';
import { beMeasured } from './meter.js';

/** Sends every datagram back to where it came from, and no more: what Node can do with a packet at most. */
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
socket.on('message', (message, from) => socket.send(message, from.port, from.address));
socket.bind(0, '127.0.0.1', () => beMeasured(socket.address().port));
