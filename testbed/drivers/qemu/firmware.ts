import { access } from 'node:fs/promises';
import type { Appliance } from '../../../images/index.js';
import { CapabilityError, InputError } from '../../../src/errors.js';

/** Where Debian packages put UEFI firmware: code, and the variables that a machine begins with. */
const uefi: Readonly<
  Record<string, { readonly package: string; readonly files: readonly (readonly [string, string])[] }>
> = {
  amd64: {
    package: 'ovmf',
    files: [
      ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
      ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
    ],
  },
  arm64: {
    package: 'qemu-efi-aarch64',
    files: [['/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd']],
  },
};

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * QEMU arguments for the firmware that an appliance boots with; none for SeaBIOS, which QEMU brings along.
 *
 * @throws CapabilityError with the command that installs it
 * @throws InputError for an architecture that has no such firmware
 */
export async function firmwareArguments(
  { firmware, medium }: Appliance,
  architecture: string,
): Promise<string[]> {
  if (medium === 'kernel') return [];
  const isPc = architecture === 'amd64' || architecture === 'i386';
  if (firmware === 'bios' && isPc) return [];
  const known = uefi[architecture];
  if (firmware === 'bios' || !known)
    throw new InputError(`machines of ${architecture} do not boot disks with ${firmware}`, {
      remedy: `add the image again with --firmware ${isPc ? 'bios' : 'uefi'}, or for another architecture`,
    });
  for (const [code, variables] of known.files)
    if ((await isThere(code)) && (await isThere(variables)))
      return [
        ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${code}`],
        ...['-drive', `if=pflash,unit=1,format=raw,snapshot=on,file=${variables}`],
      ];
  throw new CapabilityError(`the UEFI firmware for ${architecture} is not installed`, {
    remedy: `install it with: apt-get install --no-install-recommends ${known.package}`,
  });
}
