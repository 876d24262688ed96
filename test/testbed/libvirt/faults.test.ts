import { expect, test } from 'vitest';
import { CapabilityError, InputError } from '../../../src/errors.js';
import { complaintOf, libvirtFault } from '../../../testbed/drivers/libvirt/faults.js';

/** What libvirt 9.0 wrote on these occasions. */
const occasions: [string, string, typeof CapabilityError | typeof InputError, RegExp, RegExp][] = [
  [
    'nobody listens',
    `error: failed to connect to the hypervisor
error: Failed to connect socket to '/nowhere': No such file or directory`,
    CapabilityError,
    /^no libvirt answers at URI: .*No such file or directory$/,
    /systemctl start libvirtd/,
  ],
  [
    'the user is not in its group',
    `error: failed to connect to the hypervisor
error: authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'`,
    CapabilityError,
    /^the libvirt at URI may not be used by this user: .*no polkit agent/,
    /group libvirt/,
  ],
  [
    'the URI is of no hypervisor',
    `error: failed to connect to the hypervisor
error: no connection driver available for URI 'nonsense' does not include a driver name`,
    InputError,
    /^libvirt knows no way to URI: /,
    /qemu:\/\/\/session/,
  ],
  [
    'the domain asks for what there is not',
    `error: Failed to create domain from a.xml
error: unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support machine type 'pc-9'`,
    CapabilityError,
    /^the libvirt at URI refuses the machine: unsupported configuration: Emulator/,
    /virsh domcapabilities/,
  ],
  [
    'QEMU may not read the image',
    `error: Failed to create domain from a.xml
error: internal error: process exited while connecting to monitor: qemu: could not open kernel file '/root/kernel': Permission denied`,
    CapabilityError,
    /^the user as whom the libvirt at URI runs QEMU may not read the image store: /,
    /STACKBED_CACHE/,
  ],
];

test.each(occasions)('%s: the cause and the cure are said', (_, stderr, kind, message, remedy) => {
  const fault = libvirtFault('URI', complaintOf(stderr));
  expect(fault).toBeInstanceOf(kind);
  expect(fault?.message).toMatch(message);
  expect(fault?.remedy).toMatch(remedy);
});

test('one machine’s mishap is no fault of libvirt', () => {
  const complaint = complaintOf(`error: Failed to create domain from a.xml
error: internal error: qemu unexpectedly closed the monitor: cannot allocate memory`);
  expect(complaint).toMatch(/cannot allocate memory$/);
  expect(libvirtFault('URI', complaint)).toBeUndefined();
});

test('a reason is given even where libvirt gives none', () => {
  expect(complaintOf('')).toBe('virsh gave no reason');
});
