import { CapabilityError, InputError, type StackbedError } from '../../../src/errors.js';

const install =
  'apt-get install --no-install-recommends libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients';

/** What libvirt's words mean, the first that fits. */
const known: readonly {
  readonly words: RegExp;
  readonly meaning: (uri: string) => { readonly says: string; readonly remedy: string };
  readonly isInput?: boolean;
}[] = [
  {
    words: /no connection driver available|unable to parse|unexpected .* URI path|transport in URL/i,
    meaning: (uri) => ({
      says: `libvirt knows no way to ${uri}`,
      remedy: 'give a `uri` like qemu:///system, qemu:///session or qemu+unix:///system?socket=PATH',
    }),
    isInput: true,
  },
  {
    words: /could not open .*(kernel|initrd).*permission denied|cannot access .*permission denied/i,
    meaning: (uri) => ({
      says: `the user as whom the libvirt at ${uri} runs QEMU may not read the image store`,
      remedy: 'let STACKBED_CACHE name a folder that everyone can read, or use qemu:///session',
    }),
  },
  {
    words: /authentication (failed|unavailable|cancelled)|access denied|permission denied|polkit/i,
    meaning: (uri) => ({
      says: `the libvirt at ${uri} may not be used by this user`,
      remedy: 'become a member of the group libvirt, use qemu:///session, or give no `uri`',
    }),
  },
  {
    words:
      /failed to connect|cannot connect|connection refused|connection reset|cannot recv|end of file while/i,
    meaning: (uri) => ({
      says: `no libvirt answers at ${uri}`,
      remedy: uri.includes('+ssh:')
        ? 'see that ssh to that host works without a password, and that libvirtd runs there'
        : 'start it (systemctl start libvirtd), or give no `uri`: Stackbed then starts one for the run',
    }),
  },
  {
    words:
      /unsupported configuration|XML error|XML document failed|invalid argument|not supported|does not support|could not find capabilities|no emulator|unknown CPU model/i,
    meaning: (uri) => ({
      says: `the libvirt at ${uri} refuses the machine`,
      remedy: 'see what it has: virsh domcapabilities; or take another machine type, CPU model or NIC',
    }),
  },
];

/** The first complaint in what virsh wrote to standard error. */
export function complaintOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('error:'));
  const words = lines.map((line) => line.slice('error:'.length).trim());
  // What an order that failed was, and that the next one finds no domain, says nothing of the cause.
  const idle = /^(disconnected|reconnected|failed to (create|get|destroy) domain)\b/i;
  const telling = words.filter((line) => !idle.test(line));
  return telling.slice(0, 2).join(': ') || words[0] || stderr.trim() || 'virsh gave no reason';
}

/** An error for people where libvirt's words have a known meaning; undefined where they tell of one machine's mishap. */
export function libvirtFault(uri: string, complaint: string): StackbedError | undefined {
  const fault = known.find(({ words }) => words.test(complaint));
  if (!fault) return undefined;
  const { says, remedy } = fault.meaning(uri);
  const Fault = fault.isInput ? InputError : CapabilityError;
  return new Fault(`${says}: ${complaint}`, { remedy });
}

/** A program of libvirt that is not installed. */
export function missingLibvirt(program: string): CapabilityError {
  return new CapabilityError(`${program} is not installed: machines of the driver libvirt need it`, {
    remedy: `install it with: ${install}`,
  });
}
