// SYNs to a closed port by the npm package raw-socket, as many at once as `window` allows; prints what came of it as JSON.
// node raw-socket-peer.mjs FOLDER-OF-RAW-SOCKET SOURCE DESTINATION PORT COUNT WINDOW
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder = '', source = '', destination = '', port = '', count = '', window = ''] =
  process.argv.slice(2);
const raw = createRequire(join(folder, 'package.json'))('raw-socket');
const [total, most] = [Number(count), Number(window)];
const socket = raw.createSocket({ protocol: raw.Protocol.TCP, bufferSize: 65_535 });

const octets = (/** @type {string} */ address) => Buffer.from(address.split('.').map(Number));
const pseudo = Buffer.concat([octets(source), octets(destination), Buffer.from([0, 6, 0, 20])]);
const syns = Array.from({ length: total }, (_, index) => {
  const segment = Buffer.alloc(20);
  segment.writeUInt16BE(1024 + (index % 60_000), 0);
  segment.writeUInt16BE(Number(port), 2);
  segment.writeUInt32BE(index, 4);
  segment.writeUInt16BE(0x5002, 12);
  segment.writeUInt16BE(1024, 14);
  raw.writeChecksum(segment, 16, raw.createChecksum(pseudo, segment));
  return segment;
});

let [sent, answered, last] = [0, 0, 0];
const begun = performance.now();
const finish = () => {
  process.stdout.write(JSON.stringify({ sent, answered, seconds: (last - begun) / 1000 }));
  process.exit();
};
let idle = setTimeout(finish, 1000);
const send = () => {
  while (sent < total && sent - answered < most) socket.send(syns[sent++], 0, 20, destination, () => {});
};
socket.on('message', (/** @type {Buffer} */ packet) => {
  const at = (packet.readUInt8(0) & 15) * 4;
  if (packet.readUInt16BE(at) !== Number(port) || !(packet.readUInt8(at + 13) & 4)) return;
  answered++;
  last = performance.now();
  if (answered === total) finish();
  clearTimeout(idle);
  idle = setTimeout(finish, 1000);
  send();
});
send();
