export { NetemAppliance, type NetemApplianceOptions } from './appliance.js';
export { interfaces, macs, type Side, type Time } from './arguments.js';
export type { Layout, RouterSide } from './layout.js';
export type { Passed } from './recording.js';
