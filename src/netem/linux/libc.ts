import { createRequire } from 'node:module';
import { getSystemErrorMap } from 'node:util';
import type koffi from 'koffi';
import { CapabilityError } from '../../errors.js';

type Koffi = typeof koffi;

/**
 * The functions of the C library that ports and namespaces need; each returns -1 and sets errno when it
 * fails.
 */
export interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly bind: (fd: number, address: Buffer, length: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Buffer, length: number) => number;
  readonly getsockopt: (fd: number, level: number, name: number, value: Buffer, length: Buffer) => number;
  readonly sendmmsg: (fd: number, messages: Uint8Array, count: number, flags: number) => number;
  readonly recvmmsg: (
    fd: number,
    messages: Uint8Array,
    count: number,
    flags: number,
    timeout: null,
  ) => number;
  readonly close: (fd: number) => number;
  readonly ioctl: (fd: number, request: number, argument: Buffer) => number;
  readonly setns: (fd: number, kind: number) => number;
  /** 0 when it fails. */
  readonly if_nametoindex: (name: string) => number;
  /** Where a buffer lies in memory. It stays there as long as it lives. */
  readonly address: (buffer: Uint8Array) => bigint;
  readonly errno: () => number;
  /** Calls `onEvent` from the event loop whenever the descriptor is ready. */
  readonly poll: Koffi['node']['poll'];
}

let loaded: Libc | undefined;

/**
 * @throws CapabilityError where koffi has no binary for this platform, or the platform is not a 64-bit Linux
 */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  if (process.platform !== 'linux' || !['x64', 'arm64', 'riscv64'].includes(process.arch))
    throw new CapabilityError(`packet sockets are used on 64-bit Linux only, not ${process.platform}`);
  let native: Koffi;
  try {
    // Only who uses it loads native code.
    native = createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new CapabilityError(`koffi cannot be loaded: ${(cause as Error).message.split('\n')[0]}`, {
      remedy: 'install its binary with: npm ci',
      cause,
    });
  }
  const library = native.load(null);
  const memmove = library.func('void *memmove(void *to, void *from, size_t length)');
  const ifIndex = library.func('uint if_nametoindex(str name)');
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    bind: library.func('int bind(int fd, void *address, uint length)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, void *value, uint length)'),
    getsockopt: library.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
    sendmmsg: library.func('int sendmmsg(int fd, void *messages, uint count, int flags)'),
    recvmmsg: library.func('int recvmmsg(int fd, void *messages, uint count, int flags, void *timeout)'),
    close: library.func('int close(int fd)'),
    ioctl: library.func('int ioctl(int fd, ulong request, void *argument)'),
    setns: library.func('int setns(int fd, int kind)'),
    if_nametoindex: ifIndex,
    address: (buffer) => memmove(buffer, buffer, 0) as bigint,
    errno: () => native.errno(),
    poll: native.node.poll,
  };
}

/** What errno says, as in `EPERM: operation not permitted`. */
export function errorText(errno: number): string {
  const [name, text] = getSystemErrorMap().get(-errno) ?? [`error ${errno}`, 'unknown'];
  return `${name}: ${text}`;
}

/** The error for a call that failed just now. */
export function failedCall(what: string, errno: number): CapabilityError {
  const remedy =
    errno === 1 || errno === 13
      ? 'run as root, or with CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW'
      : undefined;
  return new CapabilityError(`cannot ${what}: ${errorText(errno)}`, { remedy });
}
