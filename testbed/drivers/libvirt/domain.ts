import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lease } from '../../lease/lease.js';
import { MachineFailure } from '../../machine.js';
import { complaintOf, libvirtFault } from './faults.js';
import type { Virsh } from './virsh.js';

/** A transient domain that runs. */
export interface Domain {
  /** Resolves with a sentence when libvirt says that it has ended, or no longer says anything. */
  readonly exited: Promise<string>;
  /** Ends it; it is gone when this returns. */
  end(): Promise<void>;
}

/**
 * Has libvirt create a domain, which lives no longer than the connection that made it: libvirt itself ends it when
 * the `virsh` of this lease is killed. What libvirt could not see is undone by the reaper.
 *
 * @throws StackbedError where libvirt refuses such a domain
 * @throws MachineFailure for any other reason why it did not start
 */
export async function createDomain(
  virsh: Virsh,
  lease: Lease,
  { name, id, xml }: { readonly name: string; readonly id: string; readonly xml: string },
  signal?: AbortSignal,
): Promise<Domain> {
  const file = `${name}.xml`;
  await writeFile(join(lease.folder, file), xml);
  // A domain that has gone already is as good as one that was destroyed.
  const gone = '"$@" destroy "$0" || ! "$@" domstate "$0"';
  const destroy = await lease.willUndo(['sh', '-c', gone, name, ...virsh.command()]);
  const watcher = virsh.begin([
    `create ${file} --autodestroy`,
    `event --domain ${name} --event lifecycle --loop`,
  ]);
  let [said, complained, ending] = ['', '', ''];
  const closed = once(watcher, 'close').then(
    () => {},
    (error: Error) => {
      complained ||= `error: ${error.message}`;
    },
  );
  const created = new Promise<void>((resolve) => {
    watcher.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      ending ||= /^event 'lifecycle' for domain .*: (?:Stopped|Crashed)(?: (.*))?$/m.exec(said)?.[0] ?? '';
      if (/ created from /.test(said)) resolve();
      if (ending) watcher.kill();
    });
  });
  watcher.stderr!.on('data', (chunk: Buffer) => {
    complained += chunk.toString();
  });
  const end = async () => {
    await destroy().catch(() => {});
    watcher.kill();
    await closed;
  };
  const stop = () => watcher.kill();
  signal?.addEventListener('abort', stop, { once: true });
  await Promise.race([created, closed]);
  signal?.removeEventListener('abort', stop);
  if (!/ created from /.test(said)) {
    await end();
    const complaint = complaintOf(complained);
    throw (
      libvirtFault(virsh.uri, complaint) ??
      new MachineFailure(id, `libvirt could not start it: ${complaint}`, [])
    );
  }
  const exited = closed.then(
    () => ending.replace(/^.*: /, 'libvirt says that the domain has ') || 'virsh ended',
  );
  return { exited, end };
}
