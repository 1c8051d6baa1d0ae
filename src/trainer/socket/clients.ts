import { setTimeout as later } from 'node:timers/promises';
import { Deferred } from '../../common/deferred';
import type { FrameSocket } from '../../process/frameSocket';
import type { Role } from '../../process/handshake';
import type { TrainerMessage } from '../../protocol/control';
import { encodeFrame } from '../../protocol/frames';

/** A client with more unread bytes than this gets no more log bytes and states: it catches up from disk. */
const SLOW_READER = 4 * 1024 * 1024;

/** A client as the handler of its requests sees it. */
export interface Client {
  /** Sends to this client alone, if it keeps up. */
  send(message: TrainerMessage, body?: Uint8Array): void;
  /** Settles when the client has left. */
  readonly closed: Promise<unknown>;
}

export interface Connection {
  readonly socket: FrameSocket;
  readonly role: Role;
}

/** The connected clients: one controller at most, and watchers. Sending never waits for a client. */
export class Clients {
  private readonly connections = new Set<Connection>();
  private readonly controllerLeft = new Deferred<void>();

  /** Resolves when a controller that was connected has left. */
  readonly controllerGone = this.controllerLeft.promise;

  get count(): number {
    return this.connections.size;
  }

  get hasController(): boolean {
    return [...this.connections].some(({ role }) => role === 'controller');
  }

  /** Adds a client until its socket closes. */
  add(connection: Connection): void {
    this.connections.add(connection);
    void connection.socket.closed.then(() => {
      this.connections.delete(connection);
      if (connection.role === 'controller') this.controllerLeft.resolve();
    });
  }

  /** Sends to every client that keeps up. */
  broadcast(message: TrainerMessage, body?: Uint8Array): void {
    if (this.connections.size === 0) return;
    const frame = encodeFrame(message, body);
    for (const { socket } of this.connections) if (socket.unread < SLOW_READER) socket.sendEncoded(frame);
  }

  /** Resolves when all clients have read what they were sent, or after `milliseconds` at the latest. */
  async delivered(milliseconds: number): Promise<void> {
    const behind = [...this.connections].filter(({ socket }) => socket.unread > 0);
    if (behind.length === 0) return;
    await Promise.race([Promise.all(behind.map(({ socket }) => socket.drained())), later(milliseconds)]);
  }

  /** Lets the last frames arrive, then closes every connection. */
  async close(reason: string): Promise<void> {
    await Promise.all([...this.connections].map(({ socket }) => socket.finish(reason)));
  }
}

/** What a request handler may do with the client behind a socket. */
export function clientOf(socket: FrameSocket): Client {
  return {
    closed: socket.closed,
    send: (message, body) => {
      if (socket.unread < SLOW_READER) socket.send(message, body);
    },
  };
}
