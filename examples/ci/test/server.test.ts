import { ack, expect, ping, syn, udp, withTestbed } from 'stackbed/vitest';
import { sysctls } from './server.js';

// Booted once for this file, and gone after its last test, whatever happens.
const test = withTestbed({ machines: { server: { image: 'linux-6.12+deb13', ram: '128M', sysctls } } });

test('a client of today gets every option that it offers', async ({ bed }) => {
  const answer = await bed.machine('server').probe(syn());
  expect(answer).toMatchResponse({ flags: 'SA', ttl: 64, df: true, mss: 1460, options: 'M,S,T,N,W' });
});

test('closed ports refuse, and do not hide', async ({ bed }) => {
  const server = bed.machine('server');
  expect(await server.probe(syn({ port: 'closed' }))).toMatchResponse({ flags: 'RA', window: 0 });
  expect(await server.probe(udp())).toMatchResponse({ icmpType: 3, icmpCode: 3 });
  expect(await server.probe(ack())).toMatchResponse({ flags: 'R' });
});

test('it is found behind a network that loses packets', async ({ bed }) => {
  bed.path.set([{ loss: '30%' }, { delay: { time: '5ms', jitter: '2ms' } }]);
  const pings = Array.from({ length: 20 }, (_, sequence) =>
    bed.machine('server').probe(ping({ sequence }), { timeoutMs: 500 }),
  );
  const answered = (await Promise.all(pings)).filter(({ response }) => response);
  expect(answered.length).toBeGreaterThan(2);
  expect(answered.length).toBeLessThan(20);
});
