import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { findProgram } from '../program.js';

const install = 'install it with: apt-get install --no-install-recommends iproute2';

/** @throws CapabilityError with what `ip` said when it fails, or how to install it */
async function ip(args: readonly string[], doing: string, input?: string): Promise<string> {
  const program = await findProgram('ip');
  if (!program) throw new CapabilityError(`ip is not in PATH: ${doing} needs it`, { remedy: install });
  const { failed, stdout, stderr, shortMessage } = await execa(program, args, {
    reject: false,
    input: input ?? '',
  });
  if (!failed) return stdout;
  const isDenied = /not permitted|denied/i.test(stderr);
  throw new CapabilityError(`${doing} failed: ${stderr.trim().split('\n')[0] || shortMessage}`, {
    remedy: isDenied ? 'run as root, or with CAP_SYS_ADMIN and CAP_NET_ADMIN' : undefined,
  });
}

/** Where iproute2 keeps the names of network namespaces. */
export const namespaceFolder = '/run/netns';

export async function addNamespace(name: string): Promise<void> {
  await ip(['netns', 'add', name], `making the network namespace ${name}`);
}

export async function deleteNamespace(name: string): Promise<void> {
  await ip(['netns', 'delete', name], `removing the network namespace ${name}`);
}

/** Commands of ip(8) in a named namespace, by one process; the first that fails ends it. */
export async function batch(namespace: string, lines: readonly string[], doing: string): Promise<void> {
  await ip(['-n', namespace, '-batch', '-'], doing, `${lines.join('\n')}\n`);
}

/** Commands of ip(8) in the namespace of a process. */
export async function batchOf(pid: number, lines: readonly string[], doing: string): Promise<void> {
  const nsenter = await findProgram('nsenter');
  const program = await findProgram('ip');
  if (!nsenter || !program)
    throw new CapabilityError(`${nsenter ? 'ip' : 'nsenter'} is not in PATH: ${doing} needs it`, {
      remedy: nsenter ? install : 'install it with: apt-get install --no-install-recommends util-linux',
    });
  const { failed, stderr, shortMessage } = await execa(
    nsenter,
    [`--net=/proc/${pid}/ns/net`, program, '-batch', '-'],
    { reject: false, input: `${lines.join('\n')}\n` },
  );
  if (failed) throw new CapabilityError(`${doing} failed: ${stderr.trim().split('\n')[0] || shortMessage}`);
}

/** A network interface as `ip -json -details link` tells of it; only what is looked at. */
export interface LinkInfo {
  readonly ifname: string;
  readonly address?: string;
  readonly master?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info?: readonly { readonly local: string }[];
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Readonly<Record<string, unknown>> };
}

/** All interfaces of a named namespace, with their addresses. */
export async function links(namespace: string): Promise<LinkInfo[]> {
  const doing = `listing the interfaces of ${namespace}`;
  return JSON.parse(await ip(['-n', namespace, '-json', '-details', 'address', 'show'], doing)) as LinkInfo[];
}
