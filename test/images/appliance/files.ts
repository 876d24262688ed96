import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a small disk image of random-looking data with a boot signature, and returns its path. */
export function diskImage(folder: string, name: string, format = 'qcow2'): string {
  const raw = join(folder, 'content.raw');
  const bytes = Buffer.alloc(1 << 20);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2_654_435_761) >>> 24;
  bytes.set([0x55, 0xaa], 510);
  writeFileSync(raw, bytes);
  const path = join(folder, name);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, path]);
  return path;
}

export interface OvaParts {
  /** Attributes of the descriptor's Disk element, or nothing to leave it out. */
  readonly disk?: string | undefined;
  readonly manifest?: string | undefined;
  /** Members beside the descriptor, by name. */
  readonly members?: Readonly<Record<string, string>>;
  readonly nic?: string;
  readonly firmware?: string;
  /** Kind of the disk's controller. */
  readonly controller?: string;
}

/** Writes an OVA of these parts and returns its path. */
export function ova(folder: string, name: string, parts: OvaParts): string {
  const descriptor = `<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References><File ovf:href="disk.vmdk" ovf:id="file1"/></References>
  <DiskSection>${parts.disk === undefined ? '' : `<Disk ${parts.disk}/>`}</DiskSection>
  <VirtualSystem ovf:id="m"><VirtualHardwareSection>
    <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType>
      <rasd:VirtualQuantity>768</rasd:VirtualQuantity></Item>
    <Item><rasd:ResourceSubType>${parts.nic ?? 'VmxNet3'}</rasd:ResourceSubType>
      <rasd:ResourceType>10</rasd:ResourceType></Item>
    <Item><rasd:InstanceID>7</rasd:InstanceID><rasd:ResourceSubType>${parts.controller ?? 'lsilogic'}</rasd:ResourceSubType>
      <rasd:ResourceType>6</rasd:ResourceType></Item>
    <Item><rasd:InstanceID>8</rasd:InstanceID><rasd:Parent>7</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
    <vmw:Config vmw:key="firmware" vmw:value="${parts.firmware ?? 'bios'}"/>
  </VirtualHardwareSection></VirtualSystem>
</Envelope>`;
  writeFileSync(join(folder, 'm.ovf'), descriptor);
  const names = ['m.ovf'];
  if (parts.manifest !== undefined) {
    writeFileSync(join(folder, 'm.mf'), parts.manifest);
    names.push('m.mf');
  }
  for (const [member, source] of Object.entries(parts.members ?? {})) {
    writeFileSync(join(folder, member), readFileSync(source));
    names.push(member);
  }
  const path = join(folder, name);
  execFileSync('tar', ['-cf', path, '-C', folder, ...names]);
  return path;
}

export function digestOf(path: string, algorithm = 'sha256'): string {
  return createHash(algorithm).update(readFileSync(path)).digest('hex');
}
