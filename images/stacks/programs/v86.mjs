// The network of v86, a PC emulator in JavaScript, as a guest of it sees it. Its PC is never started.
import { fileURLToPath } from 'node:url';
import { V86 } from './package/build/libv86.mjs';
import { connectFrames, fail, identity } from './wire.mjs';

const { socket, mac, address, gateway, ports } = identity();
const emulator = new V86({
  wasm_path: fileURLToPath(new URL('./package/build/v86.wasm', import.meta.url)),
  autostart: false,
  memory_size: 16 * 1024 * 1024,
  net_device: {
    type: 'virtio',
    relay_url: 'fetch',
    router_ip: address,
    router_mac: mac,
    vm_ip: gateway,
    masquerade: false,
  },
});

emulator.add_listener('emulator-ready', async () => {
  const network = emulator.network_adapter;
  if (!network) fail('this release of v86 keeps its network elsewhere');
  // Port 80 is its way out to the web; here every open port is a listener that takes what it is told.
  network.on_tcp_connection = (connection) => {
    if (!ports.has(connection.sport)) return;
    connection.on('data', () => {});
    connection.accept();
  };
  const send = await connectFrames(socket, (frame) => network.send(new Uint8Array(frame)));
  network.receive = (frame) => send(Buffer.from(frame));
  console.log('STACKBED READY v86');
});
