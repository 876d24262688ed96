import { expect, test } from 'vitest';
import { InputError } from '../../../src/errors.js';
import { type DomainOptions, domainXml } from '../../../testbed/drivers/libvirt/domain-xml.js';
import type { Hardware } from '../../../testbed/machine.js';
import { guestImage } from '../guest-image.js';

const options: DomainOptions = {
  spec: {
    id: 'm',
    image: guestImage,
    hardware: { ramMib: 512, cores: 2, nic: 'virtio-net-pci' },
    sysctls: { 'net.ipv4.tcp_ecn': '0' },
    openPorts: [22, 80],
  },
  network: { mac: '52:54:00:53:42:02', address: '172.31.0.2', prefix: 16, gateway: '172.31.0.1' },
  accelerator: 'tcg',
  name: 'stackbed-0123-0',
  mark: '0123',
  ends: { nic: { tcpPort: 40_001 }, console: { tcpPort: 40_002 } },
  ownership: false,
};

const golden = `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>stackbed-0123-0</name>
  <title>m</title>
  <metadata>
    <stackbed:lease xmlns:stackbed='urn:stackbed:lease'>0123</stackbed:lease>
  </metadata>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>/store/kernel</kernel>
    <initrd>/store/initrd</initrd>
    <cmdline>quiet console=ttyS0 panic=-1 acpi=off init_on_alloc=0 clearcpuid=112,297,395,580 pmtmr=0x608 stackbed.address=172.31.0.2/16 stackbed.gateway=172.31.0.1 stackbed.open=22,80 stackbed.sysctl=net.ipv4.tcp_ecn=0</cmdline>
  </os>
  <features>
    <acpi/>
    <apic/>
  </features>
  <cpu mode='maximum' check='none'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <serial type='tcp'>
      <source mode='connect' host='127.0.0.1' service='40002'/>
      <protocol type='raw'/>
      <target port='0'/>
    </serial>
    <interface type='client'>
      <mac address='52:54:00:53:42:02'/>
      <source address='127.0.0.1' port='40001'/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>
    <audio id='1' type='none'/>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>
    <qemu:env name='STACKBED_LEASE' value='0123'/>
  </qemu:commandline>
</domain>
`;

/** The same machine with other hardware, of another architecture, or under another accelerator. */
function xmlOf(
  hardware: Partial<Hardware>,
  { image, ...more }: Partial<DomainOptions> & { image?: Partial<typeof guestImage> } = {},
): string {
  const spec = {
    ...options.spec,
    image: { ...guestImage, ...image },
    hardware: { ...options.spec.hardware, ...hardware },
  };
  return domainXml({ ...options, ...more, spec });
}

/** The lines that the one text has and the other has not. */
function changed(xml: string): { gone: string[]; come: string[] } {
  const [before, after] = [golden, xml].map((text) => text.split('\n').map((line) => line.trim()));
  const less = (from: string[], what: string[]) => from.filter((line) => !what.includes(line));
  return { gone: less(before!, after!), come: less(after!, before!) };
}

test('a domain has one serial port, one NIC on the wire, and nothing else', () => {
  expect(domainXml(options)).toBe(golden);
});

test.each<[string, Partial<Hardware>, string[]]>([
  ['a NIC model', { nic: 'e1000' }, ["<model type='e1000'/>"]],
  [
    'a machine type',
    { machine: 'q35' },
    [
      "<type arch='x86_64' machine='q35'>hvm</type>",
      "<address type='pci' domain='0' bus='0' slot='2' function='0'/>",
    ],
  ],
  [
    'a CPU model',
    { cpu: 'Haswell' },
    ["<cpu mode='custom' match='exact' check='none'>", "<model fallback='forbid'>Haswell</model>", '</cpu>'],
  ],
  ['memory and cores', { ramMib: 96, cores: 1 }, ["<memory unit='MiB'>96</memory>", '<vcpu>1</vcpu>']],
])('%s of a scenario is the domain’s', (_, hardware, come) => {
  expect(changed(xmlOf(hardware)).come).toEqual(come);
});

test('an emulated ARM machine has its own processor and no ACPI', () => {
  const { gone, come } = changed(xmlOf({}, { image: { architecture: 'arm64' } }));
  expect(gone).toEqual(expect.arrayContaining(['<acpi/>', '<apic/>', "<cpu mode='maximum' check='none'/>"]));
  expect(come).toEqual(
    expect.arrayContaining([
      "<type arch='aarch64' machine='virt'>hvm</type>",
      "<model fallback='forbid'>cortex-a57</model>",
    ]),
  );
  expect(come.join()).toContain('console=ttyAMA0');
});

test('KVM runs only the host’s own kind of processor', () => {
  const native = ({ x64: 'amd64', arm64: 'arm64' } as const)[process.arch as 'x64' | 'arm64'];
  const foreign = native === 'arm64' ? 'amd64' : 'arm64';
  const xml = xmlOf({}, { image: { architecture: native }, accelerator: 'kvm' });
  expect(xml).toMatch(/^<domain type='kvm'/);
  expect(xml).toContain("<cpu mode='host-passthrough' check='none'/>");
  expect(xmlOf({}, { image: { architecture: foreign }, accelerator: 'kvm' })).toMatch(/^<domain type='qemu'/);
});

test('a libvirt that could give files away is told to leave the image store alone', () => {
  expect(changed(xmlOf({}, { ownership: true })).come).toEqual(["<seclabel type='none' model='dac'/>"]);
});

test('on a bridge it has a tap device that is not libvirt’s, without offloads, and a console that needs no network', () => {
  const ends = { nic: { tap: 'br0t' }, console: { socket: '/lease/c0' } };
  const { gone, come } = changed(xmlOf({}, { ends }));
  expect(gone).toEqual([
    "<serial type='tcp'>",
    "<source mode='connect' host='127.0.0.1' service='40002'/>",
    "<protocol type='raw'/>",
    "<interface type='client'>",
    "<source address='127.0.0.1' port='40001'/>",
  ]);
  expect(come).toEqual([
    "<serial type='unix'>",
    "<source mode='connect' path='/lease/c0'/>",
    "<interface type='ethernet'>",
    "<target dev='br0t' managed='no'/>",
    "<driver name='qemu'>",
    "<host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/>",
    "<guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/>",
    '</driver>',
  ]);
  // Only virtio has offloads that a guest is offered.
  expect(changed(xmlOf({ nic: 'e1000' }, { ends })).come).not.toContain("<driver name='qemu'>");
});

test('what a scenario says cannot become another element', () => {
  const xml = xmlOf({}, { image: { append: `quiet </cmdline><devices a='"&'>` } });
  expect(xml).toContain(`<cmdline>quiet &lt;/cmdline&gt;&lt;devices a=&apos;"&amp;&apos;&gt; console=ttyS0`);
});

test('a program is no machine for libvirt', () => {
  const program = { process: {} as NonNullable<typeof guestImage.process> };
  expect(() => xmlOf({}, { image: program })).toThrow(InputError);
});
