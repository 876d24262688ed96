import { expect, test } from 'vitest';
import type { BootableImage } from '../../images/index.js';
import { coldBoots } from '../../src/scenario/cold-boots.js';
import type { Trial } from '../../src/scenario/conditions.js';

const trial = (driver: string, image: string) => ({ id: image, machine: { driver, image } }) as Trial;

test('what cannot be copied is told by reason; guests of our own driver are not among it', () => {
  const images = new Map([
    ['linux', {}],
    ['router', { appliance: {} as NonNullable<BootableImage['appliance']> }],
  ]);
  const fleet = [
    trial('qemu', 'linux'),
    trial('libvirt', 'linux'),
    trial('libvirt', 'linux'),
    trial('qemu', 'router'),
    trial('docker', 'container'),
  ];
  expect(coldBoots(fleet, images)).toEqual([
    { machines: 2, reason: expect.stringMatching(/^libvirt restores a saved domain under its own name/) },
    { machines: 1, reason: expect.stringMatching(/^an appliance takes no orders/) },
    { machines: 1, reason: 'a container is started, not booted' },
  ]);
  expect(coldBoots(fleet.slice(0, 1), images)).toEqual([]);
});
