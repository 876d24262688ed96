import { expect, test } from 'vitest';
import { qemuArguments } from '../../testbed/drivers/qemu/arguments.js';
import { guestImage } from './guest-image.js';

test('a guest has one NIC, on the wire, and no other way out', () => {
  const args = qemuArguments({
    spec: {
      id: 'm',
      image: guestImage,
      hardware: { ramMib: 512, cores: 2, nic: 'virtio-net-pci' },
      sysctls: { 'net.ipv4.tcp_ecn': '0' },
      openPorts: [22, 80],
    },
    network: { mac: '52:54:00:53:42:02', address: '172.31.0.2', prefix: 16, gateway: '172.31.0.1' },
    accelerator: 'tcg',
    socketPath: '/lease/0.sock',
  });
  expect(args.join(' ')).toBe(
    '-name m -nodefaults -no-user-config -display none -no-reboot -M pc -accel tcg,thread=multi -cpu max ' +
      '-m 512M -smp 2 -serial stdio -monitor none -kernel /store/kernel -initrd /store/initrd ' +
      '-append quiet console=ttyS0 panic=-1 acpi=off init_on_alloc=0 clearcpuid=112,297,395,580 pmtmr=0x608 stackbed.address=172.31.0.2/16 ' +
      'stackbed.gateway=172.31.0.1 stackbed.open=22,80 stackbed.sysctl=net.ipv4.tcp_ecn=0 ' +
      '-netdev stream,id=n0,server=off,addr.type=unix,addr.path=/lease/0.sock ' +
      '-device virtio-net-pci,netdev=n0,mac=52:54:00:53:42:02,romfile=,tx=timer',
  );
});
