import { execa } from 'execa';
import { obtainTool } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import { formatIpv4Address } from '../../src/packet/address.js';
import { addressing } from '../../src/probe/addressing.js';
import type { Lab } from '../lab/lab.js';
import type { Lease } from '../lease/lease.js';
import { readXml } from './xml.js';

/** What the real nmap said of a machine. */
export interface RealNmap {
  /** The fingerprint as it prints it, wrapped. */
  readonly subject: string;
  /** Its guesses, best first; `line` is that of the reference in its database. */
  readonly guesses: readonly { readonly name: string; readonly accuracy: number; readonly line: number }[];
}

export interface RealNmapOptions {
  readonly lab: Lab;
  readonly lease: Lease;
  readonly open: number;
  readonly closed: number;
  /** Folder with its data files, nmap-os-db among them; default: its own. */
  readonly data?: string | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `nmap -O` in the lab, unpacked from Debian's package, against the machine on the wire.
 *
 * @throws CapabilityError with what it said when it fails or finds no machine
 */
export async function runNmap(options: RealNmapOptions): Promise<RealNmap> {
  const { lab, lease, open, closed, timeoutMs, signal } = options;
  const { bin, lib, share } = await obtainTool('nmap', signal ? { signal } : {});
  const { failed, stdout, stderr, shortMessage } = await execa(
    'nsenter',
    [
      ...[`--net=${lab.path}`, '--', 'env', `LD_LIBRARY_PATH=${lib}`, `${bin}/nmap`],
      ...['--datadir', options.data ?? share, '-n', '-Pn', '-O', '-d', '--osscan-guess', '--send-ip'],
      ...[
        '--max-os-tries',
        '1',
        '-p',
        `${open},${closed}`,
        '-oX',
        '-',
        formatIpv4Address(addressing.machine),
      ],
    ],
    {
      reject: false,
      env: lease.environment(),
      stdin: 'ignore',
      timeout: timeoutMs,
      ...(signal && { cancelSignal: signal }),
    },
  );
  const said = stderr.trim().split('\n').at(-1) || shortMessage;
  if (failed) throw new CapabilityError(`nmap failed: ${said}`);
  const named = readXml('nmap', stdout);
  const subject = named('osfingerprint')[0]?.attributes.fingerprint;
  if (subject === undefined) throw new CapabilityError(`nmap found no machine: ${said}`);
  const guesses = named('osmatch').map(({ attributes: { name = '', accuracy, line } }) => ({
    ...{ name, accuracy: Number(accuracy), line: Number(line) },
  }));
  return { subject, guesses };
}
