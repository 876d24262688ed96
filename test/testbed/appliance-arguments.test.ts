import { expect, test } from 'vitest';
import { applianceSchema } from '../../images/appliance/appliance.js';
import { type Appliance, type BootableImage, mediumFile } from '../../images/index.js';
import { CapabilityError, InputError } from '../../src/errors.js';
import { qemuArguments } from '../../testbed/drivers/qemu/arguments.js';
import { firmwareArguments } from '../../testbed/drivers/qemu/firmware.js';

const network = { mac: '52:54:00:00:00:02', address: '172.31.0.2', prefix: 16, gateway: '172.31.0.1' };

function args(
  given: Partial<Appliance> & Pick<Appliance, 'medium'>,
  architecture: BootableImage['architecture'] = 'amd64',
) {
  const appliance = applianceSchema.parse(given);
  const image: BootableImage = {
    ...{
      id: 'mine',
      requested: 'mine',
      digest: '',
      folder: '/store/a,b',
      kernel: '/store/kernel',
      initrd: '/store/initrd',
    },
    ...{ architecture, nics: ['e1000'], release: '', append: 'quiet', appliance },
    labels: { kernel: ['a', 'a', 'a'], distribution: ['a', 'a', 'a'] },
  };
  const hardware = { ramMib: 512, cores: 1, nic: 'e1000' };
  const spec = { id: 'm', image, hardware, sysctls: {}, openPorts: [] };
  return qemuArguments({ spec, network, accelerator: 'tcg', socketPath: '/s' }).join(' ');
}

test('a disk is opened as a snapshot, on the first channel of its bus', () => {
  const line = args({ medium: 'disk' });
  expect(line).toContain(`file=/store/a,,b/${mediumFile.disk},format=qcow2,snapshot=on,media=disk`);
  expect(line).toContain('-device ide-hd,drive=medium,bootindex=0,bus=ide.0');
  expect(line).toContain(
    '-netdev stream,id=n0,server=off,addr.type=unix,addr.path=/s -device e1000,netdev=n0',
  );
  expect(line.match(/-netdev/g)).toHaveLength(1);
  expect(line).not.toContain('-kernel');
});

test.each([
  ['virtio', 'disk', '-device virtio-blk-pci,drive=medium'],
  ['scsi', 'disk', '-device lsi53c895a -drive'],
  ['ide', 'cdrom', '-device ide-cd,drive=medium'],
  ['virtio', 'cdrom', '-device virtio-scsi-pci -drive'],
] as const)('on the bus %s a %s is %s', (bus, medium, expected) => {
  const line = args({ medium, bus });
  expect(line).toContain(expected);
  expect(line).toContain('snapshot=on');
});

test('a kernel is told its address in the words of Linux, or to ask for one', () => {
  expect(args({ medium: 'kernel', address: 'kernel' })).toContain(
    '-append quiet console=ttyS0 ip=172.31.0.2::172.31.0.1:255.255.0.0:::off',
  );
  expect(args({ medium: 'kernel' })).toContain('console=ttyS0 ip=dhcp');
});

test('firmware that there is not, or that is not installed, is said', async () => {
  const disk = (firmware: Appliance['firmware']) => applianceSchema.parse({ medium: 'disk', firmware });
  expect(await firmwareArguments(disk('bios'), 'amd64')).toEqual([]);
  await expect(firmwareArguments(disk('uefi'), 'riscv64')).rejects.toThrow(InputError);
  await expect(firmwareArguments(disk('bios'), 'arm64')).rejects.toThrow(InputError);
  const found = await firmwareArguments(disk('uefi'), 'amd64').catch((error: unknown) => error);
  if (found instanceof CapabilityError) expect(found.remedy).toContain('ovmf');
  else
    expect((found as string[]).join(' ')).toMatch(
      /unit=0,format=raw,readonly=on.*unit=1,format=raw,snapshot=on/,
    );
});
