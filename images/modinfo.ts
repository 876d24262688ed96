import { Elf } from './elf.js';

/**
 * The modules that must be loaded before this one: `depends=` in `.modinfo`, and the hints `softdep=pre:`.
 */
export function dependencies(module: Buffer): string[] {
  const text = Elf.parse(module)?.section('.modinfo')?.toString('latin1') ?? '';
  return text.split('\0').flatMap((line) => {
    const [, key, value] = /^(\w+)=(.*)$/s.exec(line) ?? [];
    if (key === 'depends') return value!.split(',').filter((name) => name !== '');
    if (key !== 'softdep') return [];
    const before = /pre:\s*([^:]*?)(?:\s*post:.*)?$/.exec(value!)?.[1] ?? '';
    return before.split(/\s+/).filter((name) => name !== '');
  });
}

const signatureMark = Buffer.from('~Module signature appended~\n');

/**
 * A module without the signature appended to it (kernel/module/signing.c: signature, 12 bytes of which the
 * last four are its length, mark). Checking signatures takes an emulated guest a seventh of its boot; the
 * packages' own were checked when they were downloaded.
 */
export function withoutSignature(module: Buffer): Buffer {
  const end = module.length - signatureMark.length;
  if (end < 12 || !module.subarray(end).equals(signatureMark)) return module;
  return module.subarray(0, end - 12 - module.readUInt32BE(end - 4));
}
