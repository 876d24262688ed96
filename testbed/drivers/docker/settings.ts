import { InputError } from '../../../src/errors.js';

/**
 * Kernel settings of every container, before those of its configuration: what images/guest/init sets in a
 * guest, and the buffers that the kernel would copy from the host, which has them from its memory or its
 * administrator (tcp_init, net/ipv4/tcp.c). They decide window and window scale; a host whose
 * net.core.rmem_max is larger still shows through. These are the values of a machine with 1 GiB or more
 * before Linux 6.18.
 */
const usual: Readonly<Record<string, string>> = {
  'net.ipv6.conf.all.disable_ipv6': '1',
  'net.ipv6.conf.default.disable_ipv6': '1',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.core.somaxconn': '4096',
  'net.ipv4.tcp_max_syn_backlog': '4096',
  'net.ipv4.tcp_rmem': '4096 131072 6291456',
  'net.ipv4.tcp_wmem': '4096 16384 4194304',
};

/** @throws InputError for a setting that is no network namespace's own */
export function containerSysctls(
  image: string,
  configured: Readonly<Record<string, string>>,
): Record<string, string> {
  const foreign = Object.keys(configured).filter((name) => !name.startsWith('net.'));
  if (foreign.length > 0)
    throw new InputError(
      `${foreign.join(', ')} cannot be set in ${image}: a container has only settings net.* of its own`,
      { remedy: 'set it in a guest of the driver qemu, or leave it out' },
    );
  return { ...usual, ...configured };
}
