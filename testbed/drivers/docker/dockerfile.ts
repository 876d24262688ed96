import { readFile } from 'node:fs/promises';
import { InputError } from '../../../src/errors.js';

/**
 * The images that a Dockerfile builds on or copies from. An engine would fetch those that it lacks, and what
 * ADD names by its address, by itself and past the build's network.
 *
 * @throws InputError when it cannot be read, or would fetch what cannot be told beforehand
 */
export async function baseImages(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' ? `there is no ${path}` : `cannot read ${path}: ${error.message}`,
    );
  });
  const stages = new Set(['scratch']);
  const images: string[] = [];
  const use = (image: string) => {
    if (image.includes('$')) throw new InputError(`${path}: ${image} may be any image: name it outright`);
    if (!stages.has(image.toLowerCase()) && !/^\d+$/.test(image)) images.push(image);
  };
  const lines = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\[ \t]*\r?\n/g, ' ');
  for (const line of lines.split(/\r?\n/)) {
    const [, word = '', rest = ''] = /^\s*(?:ONBUILD\s+)?(\w+)\s+(.*)$/i.exec(line) ?? [];
    const instruction = word.toUpperCase();
    if (instruction === 'FROM') {
      const [image = '', as, stage] = rest.split(/\s+/).filter((part) => !part.startsWith('--'));
      use(image);
      if (as?.toLowerCase() === 'as' && stage !== undefined) stages.add(stage.toLowerCase());
    }
    const source = /--from=(\S+)/.exec(rest)?.[1];
    if (instruction === 'COPY' && source !== undefined) use(source);
    if (instruction === 'ADD' && /:\/\/|git@|\$/.test(rest))
      throw new InputError(`${path}: ADD ${rest} may fetch from the network`, {
        remedy: 'put the file into the folder, and name it',
      });
  }
  return images;
}
