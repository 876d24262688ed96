// Removes the containers of a lease from an engine: node remove.mjs SOCKET MARK. An engine that is gone has none.
import Docker from 'dockerode';

const [socketPath = '', mark = ''] = process.argv.slice(2);
const docker = new Docker({ socketPath });
const filters = { label: [`stackbed.lease=${mark}`] };
const isGone = (/** @type {{ code?: string }} */ { code }) => code === 'ENOENT' || code === 'ECONNREFUSED';

const containers = await docker.listContainers({ all: true, filters }).catch((error) => {
  if (isGone(error)) return [];
  throw error;
});
for (const { Id } of containers)
  await docker
    .getContainer(Id)
    .remove({ force: true, v: true })
    .catch((error) => {
      if (error.statusCode !== 404) throw error;
    });
