import { isGroupMac, macKey } from '../packet/address.js';
import { ethernetField } from '../packet/ethernet.js';
import type { Direction } from './flow.js';
import { Path, type PathSpec } from './path.js';
import type { Port } from './port.js';

/** A port of the wire with the path that stands between it and everybody else. */
export interface Link {
  readonly port: Port;
  /** The path that stands there now. */
  readonly path: Path;
  /** Sees each frame that the port's machine emits, before the path; returns true to take it off the wire. */
  tap: ((frame: Uint8Array) => boolean) | undefined;
  /** Sees each frame that the path hands to the port's machine; valid only during the call. */
  arriving: ((frame: Uint8Array) => void) | undefined;
  /** Hands a frame to the port's machine directly, past the path: for the testbed's own control packets. */
  inject(frame: Uint8Array): void;
  /** Puts another port in place of this one, which is not closed; path and taps stay. */
  plug(port: Port): void;
  /** Puts another path in place of this one, drawing from the beginning; what this one holds is lost, its watch ends. */
  reroute(path: PathSpec): void;
}

export interface AttachOptions {
  readonly path?: PathSpec;
  readonly seed?: number | string;
  /** Address of the first probe packet, from which the path counts them; default 0. */
  readonly origin?: number;
  /** Names the path's random draws: paths of one name draw alike; default the port's name. */
  readonly link?: string | undefined;
}

const noPath: PathSpec = { forward: [], reverse: [] };

/**
 * The wire: a learning Ethernet switch in user space (IEEE 802.1D forwarding without spanning tree). Every
 * port may have a path; `forward` is towards the port's machine, `reverse` away from it.
 */
export class Wire {
  private readonly links: Link[] = [];
  private readonly learned = new Map<number, Link>();

  attach(port: Port, options: AttachOptions = {}): Link {
    const { path = noPath, seed = 0, origin = 0, link: name = port.name } = options;
    const deliver = (direction: Direction, frame: Uint8Array) => {
      if (direction === 'reverse') this.switchFrame(link, frame);
      else {
        link.arriving?.(frame);
        link.port.send(frame);
      }
    };
    const pathOf = (spec: PathSpec) => new Path({ spec, seed, origin, link: name, deliver });
    const link: { -readonly [Name in keyof Link]: Link[Name] } = {
      port,
      tap: undefined,
      arriving: undefined,
      path: pathOf(path),
      reroute: (spec) => {
        link.path.clear();
        link.path = pathOf(spec);
      },
      inject: (frame) => link.port.send(frame),
      plug: (other) => {
        link.port.onFrame = undefined;
        link.port = other;
        other.onFrame = (frame) => {
          if (frame.length < 14 || link.tap?.(frame)) return;
          link.path.send('reverse', frame);
        };
      },
    };
    link.plug(port);
    this.links.push(link);
    return link;
  }

  /** Takes a link off the wire and drops what its path holds; one that is off already stays so. */
  detach(link: Link): void {
    const at = this.links.indexOf(link);
    if (at < 0) return;
    this.links.splice(at, 1);
    link.port.onFrame = undefined;
    for (const [mac, owner] of this.learned) if (owner === link) this.learned.delete(mac);
    link.path.clear();
  }

  /** Detaches every link and closes its port; all are tried before the first failure is thrown. */
  async close(): Promise<void> {
    const links = [...this.links];
    for (const link of links) this.detach(link);
    const closed = await Promise.allSettled(links.map((link) => link.port.close()));
    const failed = closed.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private switchFrame(from: Link, frame: Uint8Array): void {
    this.learned.set(macKey(frame, ethernetField.source), from);
    const { destination } = ethernetField;
    const to = isGroupMac(frame, destination) ? undefined : this.learned.get(macKey(frame, destination));
    if (to) {
      if (to !== from) to.path.send('forward', frame);
      return;
    }
    for (const other of this.links) if (other !== from) other.path.send('forward', frame);
  }
}
