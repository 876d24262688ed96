import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackDebian } from './debian.js';

/** The C library's packages still have their files in /lib. */
const libraries = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'];

/**
 * Unpacks scikit-learn as Debian packages it, with the Python it depends on, into `folder`: the program to call.
 *
 * @throws CapabilityError when the archive does not have it
 */
export async function scikitPython(folder: string): Promise<string> {
  const tree = await unpackDebian(folder, ['python3-sklearn']);
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
