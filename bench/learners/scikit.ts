import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { AptRoot } from '../../images/debian/apt-root.js';
import { findMirror } from '../../images/debian/mirror.js';
import { unpack } from '../../images/unpack.js';
import { CapabilityError } from '../../src/errors.js';

const suite = 'bookworm';
/** The C library's packages still have their files in /lib. */
const libraries = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'];

/**
 * Unpacks scikit-learn as Debian packages it, with the Python it depends on, into `folder`: the program to call.
 *
 * @throws CapabilityError when the archive does not have it
 */
export async function scikitPython(folder: string): Promise<string> {
  const apt = join(folder, 'apt');
  const root = await AptRoot.open(apt, {
    mirror: await findMirror(),
    suites: [suite],
    architectures: ['amd64'],
  });
  await root.update();
  const install = ['-qq', '-y', '--download-only', '--no-install-recommends', 'install', 'python3-sklearn'];
  const fetched = await execa('apt-get', ['-c', join(apt, 'apt.conf'), ...install], { reject: false });
  if (fetched.failed)
    throw new CapabilityError(`its packages could not be fetched: ${fetched.stderr.trim().split('\n')[0]}`);
  const tree = join(folder, 'root');
  const archives = join(apt, 'cache/archives');
  for (const name of await readdir(archives))
    if (name.endsWith('.deb')) await unpack(join(archives, name), tree);
  // BLAS and LAPACK lie where the links of their alternatives would lead.
  const paths = ['', '/blas', '/lapack']
    .flatMap((name) => libraries.map((library) => `${tree}/${library}${name}`))
    .join(':');
  const program = join(folder, 'python3');
  const loader = `'${tree}/${libraries[0]}/ld-linux-x86-64.so.2' --library-path '${paths}'`;
  const settings = `PYTHONHOME='${tree}/usr' PYTHONPATH='${tree}/usr/lib/python3/dist-packages' OMP_NUM_THREADS=1`;
  await writeFile(
    program,
    `#!/bin/sh\nexport ${settings}\nexec ${loader} --argv0 python3 '${tree}/usr/bin/python3.11' "$@"\n`,
  );
  await chmod(program, 0o755);
  return program;
}
