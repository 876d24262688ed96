import { failedCall, libc } from './libc.js';

/** linux/sockios.h and linux/ethtool.h. */
const siocEthtool = 0x8946;
const [afInet, sockDgram] = [2, 2];
const settings = {
  'receive checksums': 0x15,
  'transmit checksums': 0x17,
  'TCP segmentation': 0x1f,
  'generic segmentation': 0x24,
  'generic receive': 0x2c,
} as const;

const notSupported = 95;

/**
 * Turns checksum and segmentation offloads of interfaces in the current namespace off: what leaves them then
 * has its checksums and is no larger than the MTU. Settings that an interface does not have are passed over.
 *
 * @throws CapabilityError when one may not be set
 */
export function turnOffloadsOff(interfaces: readonly string[]): void {
  const { socket, ioctl, close, address, errno } = libc();
  const control = socket(afInet, sockDgram, 0);
  if (control < 0) throw failedCall('open a socket', errno());
  try {
    for (const name of interfaces) {
      for (const [what, command] of Object.entries(settings)) {
        // struct ethtool_value: command, 0 for off; struct ifreq: name, pointer.
        const value = Buffer.alloc(8);
        value.writeUInt32LE(command);
        const request = Buffer.alloc(40);
        request.write(name, 'latin1');
        request.writeBigUInt64LE(address(value), 16);
        if (ioctl(control, siocEthtool, request) >= 0) continue;
        if (errno() !== notSupported) throw failedCall(`turn ${what} of ${name} off`, errno());
      }
    }
  } finally {
    close(control);
  }
}
