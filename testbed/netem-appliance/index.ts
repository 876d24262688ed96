export { NetemAppliance, type NetemApplianceOptions } from './appliance.js';
export { interfaces, macs, type Side } from './arguments.js';
export type { Layout, RouterSide } from './layout.js';
export type { Command, Outcome } from './orders.js';
