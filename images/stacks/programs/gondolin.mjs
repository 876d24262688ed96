// The network of gondolin, a sandbox for programs in virtual machines, as a guest of it sees it.
import { NetworkStack } from './package/dist/src/network-stack.js';
import { connect, identity } from './wire.mjs';

const { socket, mac, address, gateway, ports } = identity();
const ignored = () => {};

const stack = new NetworkStack({
  gatewayIP: address,
  gatewayMac: Buffer.from(mac.replaceAll(':', ''), 'hex'),
  vmIP: gateway,
  callbacks: {
    // The host's answer comes a moment later, as that of a real connection would.
    onTcpConnect: ({ key, dstPort }) =>
      setImmediate(() => {
        if (ports.has(dstPort)) stack.handleTcpConnected({ key });
        else stack.handleTcpError({ key });
        flush();
      }),
    ...{
      onTcpSend: ignored,
      onTcpClose: ignored,
      onTcpPause: ignored,
      onTcpResume: ignored,
      onUdpSend: ignored,
    },
  },
});
stack.on('error', ignored);

// It reads and writes what the wire carries, lengths included.
const send = await connect(socket, (bytes) => {
  stack.writeToNetwork(bytes);
  flush();
});

function flush() {
  for (let bytes = stack.readFromNetwork(65_536); bytes; bytes = stack.readFromNetwork(65_536)) send(bytes);
}

console.log('STACKBED READY gondolin');
