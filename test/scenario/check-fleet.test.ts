import { describe, expect, test } from 'vitest';
import { formatError, InputErrors } from '../../src/errors.js';
import { fleetOf } from './scenario-text.js';

function faults(text: string): string[] {
  try {
    fleetOf(text);
  } catch (error) {
    if (error instanceof InputErrors) return error.errors.map(formatError);
    throw error;
  }
  return [];
}

const cases = [
  {
    name: 'a configuration that is not there',
    text: 'machines:\n  - image: linux-5.10\n    configuration: hardend\n',
    message: 'a.scenario.yaml:3:20: no configuration is called "hardend"; did you mean "hardened"?',
  },
  {
    name: 'one of several joined',
    text: 'machines:\n  - image: linux-5.10\n    configuration: [stock, hardened+ecnoff]\n',
    message: 'a.scenario.yaml:3:28: no configuration is called "ecnoff"; did you mean "ecn-off"?',
  },
  {
    name: 'an application of an instance that is not there',
    text: 'machines:\n  - image: linux-5.10\n    instances:\n      - {application: [stock, small-bufer]}\n',
    message: 'a.scenario.yaml:4:31: no application is called "small-bufer"; did you mean "small-buffer"?',
  },
  {
    name: 'an image of an instance that is not there',
    text: 'machines:\n  - instances: [{image: linux-5.11}]\n',
    message: 'a.scenario.yaml:2:25: the catalogue has no image "linux-5.11"; did you mean linux-5.10',
  },
  {
    name: 'what stands in a path',
    text: 'machines:\n  - image: netem-appliance\n',
    message: 'a.scenario.yaml:2:12: netem-appliance stands in a path: it is no machine to be probed',
  },
  {
    name: 'a sample larger than the product',
    text: 'machines:\n  - image: [linux-5.10, linux-6.12]\n    ram: [128M, 1G]\n    sample: 5\n',
    message: 'a.scenario.yaml:4:13: machines.0.sample is 5, but the block describes only 4 machines',
  },
  {
    name: 'a NIC without a driver',
    text: 'machines:\n  - image: linux-5.10\n    nic: virtio-net\n',
    message: 'a.scenario.yaml:3:10: linux-5.10+deb11-cloud-amd64 has no driver for the NIC "virtio-net"',
  },
  {
    name: 'a domain of libvirt that is to be fresh',
    text: 'machines:\n  - image: linux-5.10\n    driver: [qemu, libvirt]\nprobes: {state: fresh}\n',
    message:
      'a.scenario.yaml:3:13: linux-5.10+deb11-cloud-amd64 cannot be made fresh between groups of probes',
  },
  {
    name: 'a container that is to be fresh',
    text: 'machines:\n  - image: [lwip-2.1.3, container-debian-13]\nprobes: {state: fresh}\n',
    message:
      'a.scenario.yaml:2:12: container-debian-13 cannot be made fresh between groups of probes: the kernel',
  },
  {
    name: 'an appliance that is to be fresh',
    text: 'machines:\n  - instances: [{image: ttylinux-16.1}]\nprobes: {state: fresh}\n',
    message:
      'a.scenario.yaml:2:25: ttylinux-16.1 cannot be made fresh between groups of probes: an appliance',
  },
  {
    name: 'a group of a state that is kept',
    text: 'machines:\n  - image: linux-5.10\nprobes: {group: 100}\n',
    message: 'a.scenario.yaml:3:17: probes.group: `group` is how many probes a fresh machine takes',
  },
  {
    name: 'copies that are to be farther apart than there are probes',
    text: 'machines:\n  - image: linux-5.10\nprobes: {count: 100, spread: 51}\n',
    message: 'a.scenario.yaml:3:30: probes.spread: copies can be half of `count` packets apart at most',
  },
  {
    name: 'no image at all',
    text: 'machines:\n  - ram: 1G\n',
    message: 'a.scenario.yaml:2:5: machines.0: name an `image`, for the block or for each of its `instances`',
  },
  {
    name: 'an unknown socket option',
    text: 'machines:\n  - image: linux-5.10\n    socket: {rcvbuff: 1}\n',
    message: 'a.scenario.yaml:3:14: unknown key "rcvbuff" in machines.0.socket; did you mean "rcvbuf"?',
  },
  {
    name: 'a socket option out of range',
    text: 'machines:\n  - image: linux-5.10\n    socket: {maxseg: 20}\n',
    message: 'a.scenario.yaml:3:22: machines.0.socket.maxseg is 20',
  },
  {
    name: 'a kernel setting that would end its word of the command line',
    text: 'machines:\n  - image: linux-5.10\n    sysctls: {net.ipv4.tcp_ecn: "1\\n2"}\n',
    message: 'a.scenario.yaml:3:33: machines.0.sysctls.net.ipv4.tcp_ecn',
  },
  {
    name: 'a kernel setting with no name of one',
    text: 'machines:\n  - image: linux-5.10\n    sysctls: {"tcp ecn": 1}\n',
    message:
      'a.scenario.yaml:3:15: "tcp ecn" in machines.0.sysctls: a setting is named like net.ipv4.tcp_ecn',
  },
  {
    name: 'a CPU model that is not offered',
    text: 'machines:\n  - image: linux-5.10\n    cpu: [default, nehalem]\n',
    message: 'a.scenario.yaml:3:20: machines.0.cpu.1 is "nehalem"; did you mean "Nehalem"?',
  },
  {
    name: 'a machine type that the image’s architecture does not have',
    text: 'machines:\n  - image: [linux-6.1, linux-6.1-arm64]\n    machine: [default, q35]\n',
    message:
      'a.scenario.yaml:3:24: linux-6.1+deb12-cloud-arm64 does not boot on the machine type "q35"\n' +
      '  for arm64 there are: virt',
  },
  {
    name: 'a NIC that kernels of this architecture cannot drive',
    text: 'machines:\n  - {image: linux-7.2+deb14-riscv64, nic: [e1000, vmxnet3]}\n',
    message: 'linux-7.2+deb14-generic-riscv64 has no driver for the NIC "vmxnet3"',
  },
  {
    name: 'a machine type of an instance that its architecture does not have',
    text: 'machines:\n  - image: linux-6.1\n    instances: [{machine: q35}, {machine: virt}]\n',
    message: 'a.scenario.yaml:3:43: linux-6.1+deb12-cloud-amd64 does not boot on the machine type "virt"',
  },
  {
    name: 'a CPU model of another architecture',
    text: 'machines:\n  - {image: linux-7.2+deb14-riscv64, cpu: EPYC}\n',
    message: 'does not boot on the CPU model "EPYC"',
  },
];

describe('a block of machines that is not right', () => {
  test.each(cases)('$name: its place, and what was meant', ({ text, message }) => {
    const found = faults(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('more machines than anybody boots: a sample is asked for', () => {
    const ram = Array.from({ length: 1000 }, (_, index) => `${64 + index}M`);
    const cores = Array.from({ length: 64 }, (_, index) => index + 1);
    const [fault] = faults(
      JSON.stringify({ machines: [{ image: ['linux-5.10', 'linux-6.12'], ram, cores }] }),
    );
    expect(fault).toContain('the block asks for 128000 machines; at most 100000 are run');
    expect(fault).toContain('take a `sample` of them');
  });

  test('more settings than a kernel command line holds: said here, not cut by the kernel', () => {
    const sysctls = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`net.ipv4.setting_${at}`, 1]));
    const [fault] = faults(JSON.stringify({ machines: [{ image: 'linux-5.10', sysctls }] }));
    expect(fault).toMatch(/machines\.0 has kernel settings of \d+ characters; .* has room for 1400/);
  });

  test('every fault of every block is told', () => {
    expect(
      faults('machines:\n  - {image: linux-5.11, application: wob}\n  - {image: linux-5.10, sample: 2}\n'),
    ).toHaveLength(3);
  });
});
