import type { BootableImage } from '../../images/index.js';

/** A kernel of the catalogue, as the store has it. */
export const guestImage: BootableImage = {
  id: 'linux-6.12.117+deb13-cloud-amd64',
  requested: 'linux-6.12+deb13',
  digest: 'd'.repeat(64),
  folder: '/store',
  kernel: '/store/kernel',
  initrd: '/store/initrd',
  architecture: 'amd64',
  nics: ['virtio-net-pci'],
  labels: {
    kernel: ['linux', 'linux 6.x', 'linux 6.12.117'],
    distribution: ['linux', 'debian', 'debian 13'],
  },
  release: '6.12.117+deb13-cloud-amd64',
  append: 'quiet',
};
