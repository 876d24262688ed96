import { StreamPort } from '../../src/netem/stream-port.js';
import { Wire } from '../../src/netem/wire.js';
import { beMeasured } from './meter.js';
import { fiveStages } from './path.js';

/** A wire of two ports on sockets, with the path of five stages before the second one: a process of its own. */
const [near, far, stages] = process.argv.slice(2);
const wire = new Wire();
wire.attach(await StreamPort.listen('near', near!));
const path = stages === '5' ? { path: fiveStages } : {};
wire.attach(await StreamPort.listen('far', far!), { ...path, seed: 1, origin: 0x0a000001 });
beMeasured({});
