import { createServer, type Server, type Socket } from 'node:net';
import { errorMessage } from '../../common/systemError';
import { MOST_REQUEST_BYTES } from '../../protocol/latent';
import {
  requestSchema,
  WATCHER_METHODS,
  type ControlRequest,
  type LiveState,
  type Results,
} from '../../protocol/control';
import type { Frame } from '../../protocol/frames';
import { FrameSocket } from '../../process/frameSocket';
import { answerHandshake, HandshakeError, type TrainerIdentity } from '../../process/handshake';
import { clientOf, type Client, type Clients, type Connection } from './clients';
import { claimAddress, leaveAddress } from './controlAddress';
import { RefusedError } from '../errors/refused';

/** Greetings are small; a client that announces more is cut off. */
const LARGEST_GREETING = 1024 * 1024;
/** After the handshake requests may carry latents and images. */
const LARGEST_REQUEST = LARGEST_GREETING + MOST_REQUEST_BYTES;
/** A client with more unread bytes than this is disconnected: answers that it does not read would fill the memory. */
const DEAD_READER = 128 * 1024 * 1024;
const MOST_CLIENTS = 64;
/** Connections beyond this limit are closed without a reason: each is an open file, and the run needs some too. */
const MOST_CONNECTIONS = 128;
const MOST_OPEN_REQUESTS = 32;

/** An answer; the body travels beside the value. */
export interface Answer {
  readonly value: Results[keyof Results];
  readonly body?: Uint8Array;
}

export interface RequestHandler {
  /** The state that welcomes a client. */
  state(): LiveState;
  logs(): readonly { readonly file: string; readonly size: number }[];
  /** Resolves with the real path of the run directory, which may have been renamed, or of the checkpoint. Never rejects. */
  locate(): Promise<string>;
  /** Answers a request. Throws {@link RefusedError} with a message and a code. */
  answer(request: ControlRequest, body: Uint8Array, client: Client): Promise<Answer>;
}

interface OpenConnection extends Connection {
  readonly client: Client;
  /** Requests that wait for an answer. */
  open: number;
}

/**
 * The trainer's end of the control socket: one controller, many watchers. Nothing here waits for a client, so a slow one
 * never slows the run.
 */
export class ControlServer {
  private readonly greeting = new Set<FrameSocket>();

  private constructor(
    private readonly server: Server,
    private readonly identity: TrainerIdentity,
    private readonly clients: Clients,
    private readonly handler: RequestHandler,
  ) {
    server.on('connection', (socket) => void this.greet(socket));
  }

  /**
   * Listens for clients, which join `clients`. Throws {@link TrainerError} when a living trainer has the run's address:
   * then the run directory is a copy of one that is training.
   */
  static async listen(
    identity: Omit<TrainerIdentity, 'secret'>,
    clients: Clients,
    handler: RequestHandler,
  ): Promise<ControlServer> {
    return claimAddress(identity.id, async (address, secret) => {
      const server = createServer();
      server.maxConnections = MOST_CONNECTIONS;
      const control = new ControlServer(server, { ...identity, secret }, clients, handler);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, resolve);
      });
      return control;
    });
  }

  /** Lets the last frames arrive, then closes every connection, the socket and the secret. */
  async close(reason: string): Promise<void> {
    await leaveAddress(this.identity, () => this.server.close());
    for (const socket of this.greeting) socket.close(reason);
    await this.clients.close(reason);
  }

  private async greet(raw: Socket): Promise<void> {
    const socket = new FrameSocket(raw, LARGEST_GREETING);
    this.greeting.add(socket);
    try {
      if (this.greeting.size + this.clients.count > MOST_CLIENTS) this.refuse(socket, 'full', 'Too many clients.');
      const role = await answerHandshake(socket, this.identity);
      // The folder may have been renamed, and the client may already know its new name.
      const serves = await this.handler.locate();
      // No await from here to the admission: two controllers that connect at once would both find control free.
      if (role === 'controller' && this.clients.hasController) {
        this.refuse(socket, 'controlled', 'Another window or command controls the run at the moment.');
      }
      socket.accept(LARGEST_REQUEST);
      this.admit({ socket, role, client: clientOf(socket), open: 0 }, serves);
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

  private admit(connection: OpenConnection, serves: string): void {
    this.clients.add(connection);
    const { socket } = connection;
    socket.send({ type: 'welcome', serves, state: this.handler.state(), logs: this.handler.logs() });
    socket.receive((frame) => this.receive(connection, frame));
  }

  private receive(connection: OpenConnection, frame: Frame): void {
    const parsed = requestSchema.safeParse(frame.header);
    if (!parsed.success) {
      const id = requestId(frame.header);
      if (id === undefined) return connection.socket.close('a frame was not a request');
      const unknown = new RefusedError('The request is not one that this trainer knows.', 'invalid');
      return this.sendError(connection, id, unknown);
    }
    const request = parsed.data;
    if (connection.role === 'watcher' && !WATCHER_METHODS.includes(request.method)) {
      return this.sendError(connection, request.id, new RefusedError('A watcher may only look.', 'forbidden'));
    }
    if (connection.open >= MOST_OPEN_REQUESTS) {
      return this.sendError(connection, request.id, new RefusedError('Too many requests wait for an answer.', 'busy'));
    }
    void this.answer(connection, request, frame.body);
  }

  private async answer(connection: OpenConnection, request: ControlRequest, sent: Uint8Array): Promise<void> {
    connection.open += 1;
    try {
      const { value, body } = await this.handler.answer(request, sent, connection.client);
      this.send(connection, { type: 'result', request: request.id, value }, body);
    } catch (error) {
      this.sendError(connection, request.id, error);
    } finally {
      connection.open -= 1;
    }
  }

  private sendError(connection: OpenConnection, request: number, error: unknown): void {
    const code = error instanceof RefusedError ? error.code : 'failed';
    const message = errorMessage(error);
    this.send(connection, { type: 'error', request, message, code });
  }

  private send({ socket }: OpenConnection, answer: object, body?: Uint8Array): void {
    socket.send(answer, body);
    if (socket.unread > DEAD_READER) socket.close('the client does not read its answers');
  }
}

function requestId(header: unknown): number | undefined {
  if (typeof header !== 'object' || header === null || !('id' in header)) return undefined;
  return Number.isSafeInteger(header.id) ? (header.id as number) : undefined;
}
