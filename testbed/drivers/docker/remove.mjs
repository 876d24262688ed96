// Removes the containers and images of a lease from an engine: node remove.mjs SOCKET MARK. An engine that is gone has none.
import Docker from 'dockerode';

const [socketPath = '', mark = ''] = process.argv.slice(2);
const docker = new Docker({ socketPath });
const filters = { label: [`stackbed.lease=${mark}`] };
const isGone = (/** @type {{ code?: string }} */ { code }) => code === 'ENOENT' || code === 'ECONNREFUSED';

/** @param {any} error */
const none = (error) => {
  if (isGone(error)) return [];
  throw error;
};
const containers = await docker.listContainers({ all: true, filters }).catch(none);
for (const { Id } of containers)
  await docker
    .getContainer(Id)
    .remove({ force: true, v: true })
    .catch((error) => {
      if (error.statusCode !== 404) throw error;
    });
for (const { Id } of await docker.listImages({ filters: JSON.stringify(filters) }).catch(none))
  await docker
    .getImage(Id)
    .remove({ force: true })
    .catch((error) => {
      if (error.statusCode !== 404) throw error;
    });
