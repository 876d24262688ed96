import { unpackKernelData } from './compression.js';
import { Elf } from './elf.js';

const setupMagic = 0x53726448;
/** XEN_ELFNOTE_PHYS32_ENTRY: where a PVH boot enters the kernel (xen/include/public/elfnote.h). */
const pvhEntry = 18;

interface Payload {
  readonly data: Buffer;
  readonly unpackedSize: number;
}

/** The compressed kernel within a bzImage (Documentation/arch/x86/boot.rst); undefined for another file. */
function payload(image: Buffer): Payload | undefined {
  if (image.length < 0x260 || image.readUInt32LE(0x202) !== setupMagic) return undefined;
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248);
  const data = image.subarray(start, start + image.readUInt32LE(0x24c));
  // The build appends the unpacked size, which no decompressor expects.
  return { data: data.subarray(0, -4), unpackedSize: data.readUInt32LE(data.length - 4) };
}

/**
 * The kernel in the form that boots fastest: a bzImage is unpacked here to the ELF file in it, when that can
 * be entered by the PVH protocol, because an emulated guest needs well over a second to unpack itself.
 * Anything else stays as it is.
 *
 * @param folder for temporary files
 */
export async function bootableKernel(image: Buffer, folder: string): Promise<Buffer> {
  const packed = payload(image);
  const unpacked = packed && (await unpackKernelData(packed.data, packed.unpackedSize, folder));
  if (!unpacked || unpacked.length !== packed.unpackedSize) return image;
  return Elf.parse(unpacked)?.hasNote('Xen', pvhEntry) ? unpacked : image;
}
