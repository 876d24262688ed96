import { expect, test } from 'vitest';
import { loadCatalog } from '../../images/index.js';
import { formatError, InputErrors } from '../../src/errors.js';
import { fleetOf } from './scenario-text.js';

const catalog = await loadCatalog();
const ids = catalog
  .entries()
  .filter(({ netem, stack }) => !netem && stack?.build.kind !== 'container')
  .map(({ id }) => id);
const images = (list: string) => fleetOf(`machines:\n  - image: ${list}\n`).map(({ image }) => image);

test('a star is the whole catalogue, each entry once, without what needs an engine', () => {
  expect(images('"*"')).toEqual(ids);
  expect(images('["*", "linux-*", lwip-2.1.3]')).toEqual(ids);
});

test('a pattern fits whole ids', () => {
  expect(images('container-*')).toEqual(['container-debian-13']);
  expect(images('linux-6.12+*-cloud-amd64')).toEqual([
    'linux-6.12+deb13-cloud-amd64',
    'linux-6.12+deb12-cloud-amd64',
  ]);
  expect(images('gvisor-20*')).toEqual(ids.filter((id) => id.startsWith('gvisor-20')));
});

test('a pattern with an exclamation mark takes away what stands before it', () => {
  expect(images('["linux-6.1*", "!linux-6.12*", "!*-rt-*"]')).toEqual(
    ids.filter((id) => id.startsWith('linux-6.1') && !id.startsWith('linux-6.12') && !id.includes('-rt-')),
  );
});

test('instances may have patterns of their own', () => {
  const fleet = fleetOf('machines:\n  - instances: [{image: "uml-*", ram: 64M}, {image: linux-5.10}]\n');
  expect(fleet.map(({ image }) => image)).toEqual([
    ...ids.filter((id) => id.startsWith('uml-')),
    'linux-5.10',
  ]);
});

test.each([
  [
    'linux-9.*',
    'a.scenario.yaml:2:12: no image of the catalogue fits the pattern "linux-9.*"\n  list them with: stackbed images list',
  ],
  ['["linux-5.10*", "!linux-*"]', 'a.scenario.yaml:2:12: machines.0 comes to no machine'],
])('%s is refused at its place', (list, message) => {
  try {
    images(list);
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    expect(formatError(error.errors[0]!)).toContain(message);
    return;
  }
  expect.unreachable('it was taken');
});
