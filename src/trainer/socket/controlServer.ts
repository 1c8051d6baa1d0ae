import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { errorMessage } from '../../common/systemError';
import { MOST_REQUEST_BYTES } from '../../protocol/latent';
import {
  requestSchema,
  WATCHER_METHODS,
  type ControlRequest,
  type LiveState,
  type Results,
  type TrainerMessage,
} from '../../protocol/control';
import { encodeFrame, type Frame } from '../../protocol/frames';
import { FrameSocket } from '../../process/frameSocket';
import { answerHandshake, HandshakeError, type Role, type TrainerIdentity } from '../../process/handshake';
import { claimAddress, leaveAddress } from './controlAddress';
import { RefusedError } from '../errors/refused';

/** Greetings are small; a client that announces more is cut off. */
const LARGEST_GREETING = 1024 * 1024;
/** Once it is known who asks, latents and images may come with a request. */
const LARGEST_REQUEST = LARGEST_GREETING + MOST_REQUEST_BYTES;
/** Beyond this many unread bytes a client gets no more log bytes and states: it catches up from disk. */
const SLOW_READER = 4 * 1024 * 1024;
/** Beyond this many it is disconnected: answers that nobody takes would fill the memory. */
const DEAD_READER = 128 * 1024 * 1024;
const MOST_CLIENTS = 64;
/** Beyond, nobody is told why: each connection is an open file, of which the run needs some too. */
const MOST_CONNECTIONS = 128;
const MOST_OPEN_REQUESTS = 32;

/** An answer; the body travels beside the value. */
export interface Answer {
  readonly value: Results[keyof Results];
  readonly body?: Uint8Array;
}

export interface Handler {
  /** The state that welcomes a client. */
  state(): LiveState;
  logs(): readonly { readonly file: string; readonly size: number }[];
  /** Looks where the run's folder is, before a client is told so. Never rejects. */
  locate?(): Promise<void>;
  /** Answers a request, or throws a RefusedError with words and a code. */
  answer(request: ControlRequest, body: Uint8Array, asker: Asker): Promise<Answer>;
}

/** Who makes a request, as long as it is connected. */
export interface Asker {
  /** Sends to this client alone, if it keeps up. */
  send(message: TrainerMessage, body?: Uint8Array): void;
  /** Settles when it has left. */
  readonly closed: Promise<unknown>;
}

interface Client {
  readonly socket: FrameSocket;
  readonly role: Role;
  readonly asker: Asker;
  open: number;
}

/**
 * The trainer's end of the control socket: one controller, many watchers. Nothing here waits for a client, so that a
 * slow one never slows the run.
 */
export class ControlServer {
  private readonly clients = new Set<Client>();
  private readonly greeting = new Set<FrameSocket>();
  private controllerLeft: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly identity: TrainerIdentity,
    private serves: string,
    private readonly handler: Handler,
  ) {
    server.on('connection', (socket) => void this.greet(socket));
  }

  /**
   * Listens for the run. Throws {@link TrainerError} when a living trainer has the run's address: then the run directory
   * is a copy of one that is training.
   *
   * @param serves Real path of the run directory or checkpoint.
   */
  static async listen(
    identity: Omit<TrainerIdentity, 'secret'>,
    serves: string,
    handler: Handler,
  ): Promise<ControlServer> {
    return claimAddress(identity.id, async (address, secret) => {
      const server = createServer();
      server.maxConnections = MOST_CONNECTIONS;
      const control = new ControlServer(server, { ...identity, secret }, serves, handler);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, resolve);
      });
      return control;
    });
  }

  /** The folder of the run has another name: who connects from now on is told that one. */
  moveTo(folder: string): void {
    this.serves = folder;
  }

  /** Resolves when a controller that was connected leaves. */
  controllerGone(): Promise<void> {
    return new Promise((resolve) => (this.controllerLeft = resolve));
  }

  get hasController(): boolean {
    return [...this.clients].some((client) => client.role === 'controller');
  }

  get hasClients(): boolean {
    return this.clients.size > 0;
  }

  /** Sends to every client that keeps up. */
  broadcast(header: unknown, body?: Uint8Array): void {
    if (this.clients.size === 0) return;
    const frame = encodeFrame(header, body);
    for (const { socket } of this.clients) if (socket.unread < SLOW_READER) socket.sendEncoded(frame);
  }

  /** Resolves when all clients have taken what they were sent: at once where nothing waits, else after so long at most. */
  async delivered(milliseconds: number): Promise<void> {
    const behind = [...this.clients].filter(({ socket }) => socket.unread > 0);
    if (behind.length === 0) return;
    await Promise.race([Promise.all(behind.map(({ socket }) => socket.drained())), later(milliseconds)]);
  }

  /** Lets the last frames arrive, then closes every connection, the socket and the secret. */
  async close(reason: string): Promise<void> {
    await leaveAddress(this.identity, () => this.server.close());
    for (const socket of this.greeting) socket.close(reason);
    await Promise.all([...this.clients].map((client) => client.socket.finish(reason)));
  }

  private async greet(raw: Socket): Promise<void> {
    const socket = new FrameSocket(raw, LARGEST_GREETING);
    this.greeting.add(socket);
    try {
      if (this.greeting.size + this.clients.size > MOST_CLIENTS) this.refuse(socket, 'full', 'Too many clients.');
      const role = await answerHandshake(socket, this.identity);
      // The folder may have been renamed, which who has come knows already.
      await this.handler.locate?.();
      // Nothing is waited for from here to the admission: two who come at once would both find control free.
      if (role === 'controller' && this.hasController) {
        this.refuse(socket, 'controlled', 'Another window or command controls the run at the moment.');
      }
      socket.accept(LARGEST_REQUEST);
      this.admit({ socket, role, asker: askerOf(socket), open: 0 });
    } catch (error) {
      await socket.finish(errorMessage(error));
    } finally {
      this.greeting.delete(socket);
    }
  }

  private refuse(socket: FrameSocket, code: 'controlled' | 'full', reason: string): never {
    socket.send({ type: 'refused', reason, code });
    throw new HandshakeError(reason, code);
  }

  private admit(client: Client): void {
    this.clients.add(client);
    void client.socket.closed.then(() => {
      this.clients.delete(client);
      if (client.role === 'controller') this.controllerLeft?.();
    });
    client.socket.send({
      type: 'welcome',
      serves: this.serves,
      state: this.handler.state(),
      logs: this.handler.logs(),
    });
    client.socket.receive((frame) => this.receive(client, frame));
  }

  private receive(client: Client, frame: Frame): void {
    const parsed = requestSchema.safeParse(frame.header);
    if (!parsed.success) {
      const id = requestId(frame.header);
      if (id === undefined) return client.socket.close('a frame was not a request');
      return this.sendError(client, id, new RefusedError('The request is not one that this trainer knows.', 'invalid'));
    }
    const request = parsed.data;
    if (client.role === 'watcher' && !WATCHER_METHODS.includes(request.method)) {
      return this.sendError(client, request.id, new RefusedError('A watcher may only look.', 'forbidden'));
    }
    if (client.open >= MOST_OPEN_REQUESTS) {
      return this.sendError(client, request.id, new RefusedError('Too many requests wait for an answer.', 'busy'));
    }
    void this.answer(client, request, frame.body);
  }

  private async answer(client: Client, request: ControlRequest, sent: Uint8Array): Promise<void> {
    client.open += 1;
    try {
      const { value, body } = await this.handler.answer(request, sent, client.asker);
      this.send(client, { type: 'result', request: request.id, value }, body);
    } catch (error) {
      this.sendError(client, request.id, error);
    } finally {
      client.open -= 1;
    }
  }

  private sendError(client: Client, request: number, error: unknown): void {
    const code = error instanceof RefusedError ? error.code : 'failed';
    const message = errorMessage(error);
    this.send(client, { type: 'error', request, message, code });
  }

  private send(client: Client, answer: object, body?: Uint8Array): void {
    client.socket.send(answer, body);
    if (client.socket.unread > DEAD_READER) client.socket.close('the client does not read its answers');
  }
}

function askerOf(socket: FrameSocket): Asker {
  return {
    closed: socket.closed,
    send: (message, body) => {
      if (socket.unread < SLOW_READER) socket.send(message, body);
    },
  };
}

function requestId(header: unknown): number | undefined {
  if (typeof header !== 'object' || header === null || !('id' in header)) return undefined;
  return Number.isSafeInteger(header.id) ? (header.id as number) : undefined;
}
