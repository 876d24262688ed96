import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { randomStream } from '../../src/random.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { program } from '../support/cli.js';
import { hasLibvirt } from '../support/libvirt.js';
import { QuietHost } from '../support/quiet-host.js';
import { canRunEngines } from '../support/root.js';

const scenario = join(packageRoot, 'scenarios', 'three-drivers.scenario.yaml');
const moments = process.env.STACKBED_TEST_ALL ? 10 : 3;
const patienceMs = 10_000 * slowdownFactor();

/** Everything of a host that a run may leave something in; equal values mean that nothing was left. */
async function stateOf(host: QuietHost, engines: { docker: string; libvirt: string }, marks: Set<string>) {
  const processes = await host.processes();
  const words = async (...command: string[]) => (await host.run(command)).stdout.trim().split('\n').sort();
  const files = async (path: string) => (await readdir(host.root + path).catch(() => [])).sort();
  const docker = new Docker({ socketPath: host.root + engines.docker });
  const cgroups = await words('find', '/sys/fs/cgroup', '-type', 'd', '-path', '*/stackbed-*');
  return {
    processes,
    namespaces: await files('/run/netns'),
    links: await words('ip', '-brief', 'link'),
    linksOfNamespaces: await words('ip', '-all', 'netns', 'exec', 'ip', '-brief', 'link'),
    addresses: await words('ip', '-brief', 'address'),
    addressesOfNamespaces: await words('ip', '-all', 'netns', 'exec', 'ip', '-brief', 'address'),
    temporary: await files('/tmp'),
    run: await files('/run'),
    mounts: (await readFile(`${host.proc}/mountinfo`, 'utf8'))
      .split('\n')
      .map((line) => line.split(' ')[4])
      .sort(),
    cgroups: cgroups.filter((path) => [...marks].some((mark) => path.includes(mark))),
    containers: (await docker.listContainers({ all: true })).map(({ Names }) => Names).sort(),
    networks: (await docker.listNetworks()).map(({ Name }) => Name).sort(),
    volumes: (await docker.listVolumes()).Volumes.map(({ Name }) => Name).sort(),
    domains: await words('virsh', '-q', '-c', engines.libvirt, 'list', '--all', '--name'),
  };
}

const markOf = (processes: readonly string[]) =>
  processes.flatMap((command) => /reaper\.mjs ([0-9a-f]{16}) /.exec(command)?.[1] ?? []);

test.skipIf(!hasLibvirt || !canRunEngines)(
  `a run that is killed at any of ${moments} random moments leaves its host as it was`,
  { timeout: 900_000 },
  async () => {
    await using host = await QuietHost.open();
    const stackbed = (lab: string, ...args: string[]) =>
      host.run([process.execPath, program, ...args], { STACKBED_LAB: `/tmp/${lab}.json`, DOCKER_HOST: '' });
    const up = JSON.parse((await stackbed('lab', 'lab', 'up', '--json')).stdout);
    const marks = new Set<string>([up.mark]);
    const state = () => stateOf(host, up, marks);
    const start = (lab: string) =>
      stackbed(lab, 'run', scenario, '--out', '/run/results', '--jobs', '4', '--json');

    // A run that nobody kills, for the time that it takes; what the engines keep from their first use is there then.
    const begun = performance.now();
    const whole = await start('lab');
    expect(whole.exitCode, whole.stderr).toBe(0);
    let wholeMs = performance.now() - begun;
    const before = await state();
    expect(before.namespaces).toEqual([`stackbed-${up.mark}`]);
    expect([before.containers, before.domains]).toEqual([[], ['']]);

    const random = randomStream(1, 'moments of the kill');
    let kills = 0;
    for (let attempt = 0; kills < moments && attempt < 2 * moments; attempt++) {
      // One in each of equal parts of a run, whose last fifth is left to runs that are quicker than the first.
      const momentMs = ((kills + random.float()) / moments) * 0.8 * wholeMs;
      // In turn with engines that others use, too, and with engines of its own.
      const run = start(attempt % 2 === 0 ? 'lab' : 'none');
      const pid = await host.pidOf(run);
      await pause(momentMs);
      const during = await host.processes();
      for (const mark of markOf(during)) marks.add(mark);
      const goesOn = run.exitCode === null && during.some((command) => command.includes(scenario));
      if (goesOn) {
        process.kill(pid, 'SIGKILL');
        kills++;
      } else wholeMs = momentMs;
      await run;
      const killed = performance.now();
      let after = await state();
      while (JSON.stringify(after) !== JSON.stringify(before) && performance.now() - killed < patienceMs) {
        await pause(250);
        after = await state();
      }
      const tookMs = performance.now() - killed;
      expect(after, `killed after ${momentMs.toFixed(0)} ms`).toEqual(before);
      if (process.env.STACKBED_TEST_ALL)
        process.stderr.write(
          `${goesOn ? 'killed' : 'had ended'} after ${momentMs.toFixed(0)} of ${wholeMs.toFixed(0)} ms, ` +
            `${during.length} processes (${before.processes.length} before), ` +
            `as before within ${tookMs.toFixed(0)} ms\n`,
        );
    }
    expect(kills).toBe(moments);
    expect((await stackbed('lab', 'lab', 'down')).exitCode).toBe(0);
    expect((await host.processes()).filter((command) => !/^(sh|cat)\b/.test(command))).toEqual([]);
  },
);
