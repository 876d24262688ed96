import { InputError } from '../src/errors.js';

/**
 * Frames that may wait for a NIC model before it loses some, from trials with a guest that answers: a stream
 * of frames into virtio never lost up to 2,048 waiting, the emulated hardware has short receive rings. Answers may be lost
 * sooner: Linux sends all RSTs of closed ports by one socket for each processor, whose packets may take twice
 * net.core.wmem_default while they wait to leave, 425,984 bytes, which is about 440 of them (ip_send_unicast_reply). With
 * 1,024 waiting, some hundred RSTs were never sent whenever the host was busy.
 */
const windows: Readonly<Record<string, number>> = {
  'virtio-net-pci': 384,
  vmxnet3: 128,
  e1000: 128,
  e1000e: 128,
  rtl8139: 32,
  pcnet: 16,
};

/** The window of outstanding probes for a NIC model. Throws InputError for one that is not known. */
export function nicWindow(nic: string): number {
  const window = windows[nic];
  if (window === undefined)
    throw new InputError(`the NIC model ${nic} is not known; known: ${Object.keys(windows).join(', ')}`);
  return window;
}
