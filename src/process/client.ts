import { realpath } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { errorMessage } from '../common/systemError';
import { Deferred } from '../common/deferred';
import type { Disposable } from '../common/disposable';
import { Emitter } from '../common/emitter';
import {
  trainerMessageSchema,
  type LiveState,
  type Method,
  type Parameters,
  type Results,
  type TrainerMessage,
} from '../protocol/control';
import { RequestError } from '../protocol/channel';
import { MAX_FRAME_BYTES, type Frame } from '../protocol/frames';
import type { LatentsEvent } from '../protocol/latent';
import { errorCode } from '../runs/error';
import { FrameSocket } from './frameSocket';
import { greet, HandshakeError, type Role, type TrainerProof } from './handshake';
import { socketPath } from './runtimeFolder';
import { readSecret } from './secret';

export interface ConnectOptions {
  /** The run's id, or the id that an inspector was given. */
  readonly id: string;
  /**
   * A controller may change things, and there is one at a time; watchers receive everything and may ask for `state`.
   */
  readonly role: Role;
  readonly expectedPid?: number;
  readonly expectedStartTime?: string;
  /** The run directory (or checkpoint) that the caller expects. */
  readonly expectedPath?: string;
}

/**
 * The trainer of a run could not be reached, or rejected the client. `absent`: there is none; `silent`: a process
 * listens but does not answer, or stopped answering; `controlled`: another client has control; `refused`: anything
 * else.
 */
export class ConnectError extends Error {
  override name = 'ConnectError';
  constructor(
    message: string,
    readonly reason: 'absent' | 'silent' | 'controlled' | 'refused',
  ) {
    super(message);
  }
}

export interface FollowedLatents extends LatentsEvent {
  readonly body: Uint8Array;
}

export interface LogBytes {
  /** Name of the event file inside the run directory. */
  readonly file: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * A connection to a trainer that has proved its identity. Observers stay connected as watchers; an action takes control
 * only for as long as it lasts ({@link withControl}), so that a window and a terminal can control the same run.
 */
export class ControlClient implements Disposable {
  private readonly stateEmitter = new Emitter<LiveState>();
  private readonly logEmitter = new Emitter<LogBytes>();
  private readonly checkpointEmitter = new Emitter<{ readonly file: string; readonly step: number }>();
  private readonly latentsEmitter = new Emitter<FollowedLatents>();
  private readonly closeEmitter = new Emitter<string>();
  private readonly pending = new Map<number, Deferred<{ value: unknown; body: Uint8Array }>>();
  private requests = 0;
  private current: LiveState;

  readonly onState = this.stateEmitter.event;
  /** Bytes as the trainer appends them; some are dropped for a client that reads too slowly. */
  readonly onLog = this.logEmitter.event;
  readonly onCheckpoint = this.checkpointEmitter.event;
  /** The results of `follow`. */
  readonly onLatents = this.latentsEmitter.event;
  /** Fired once, with the reason for users. */
  readonly onClose = this.closeEmitter.event;

  private constructor(
    private readonly socket: FrameSocket,
    private readonly proof: TrainerProof,
  ) {
    this.current = proof.welcome.state;
    // Listeners that are attached in the turn in which connect() resolves receive everything since the welcome, including
    // the end if the trainer has closed the connection by then.
    setImmediate(() => {
      socket.receive((frame) => this.receive(frame));
      void socket.closed.then((reason) => this.ended(reason));
    });
  }

  /** Throws {@link ConnectError}. */
  static async connect(options: ConnectOptions): Promise<ControlClient> {
    const secret = await readSecret(options.id);
    if (secret === undefined) throw new ConnectError('No trainer serves the run.', 'absent');
    const socket = new FrameSocket(await openSocket(await socketPath(options.id)), MAX_FRAME_BYTES);
    try {
      const proof = await greet(socket, { ...options, secret });
      await checkPath(proof.welcome.serves, options.expectedPath);
      return new ControlClient(socket, proof);
    } catch (error) {
      const message = errorMessage(error);
      socket.close(message);
      if (!(error instanceof HandshakeError)) throw new ConnectError(`The trainer is silent: ${message}.`, 'silent');
      throw new ConnectError(message, error.code === 'controlled' ? 'controlled' : 'refused');
    }
  }

  /** The latest state that the trainer sent. */
  get state(): LiveState {
    return this.current;
  }

  get pid(): number {
    return this.proof.pid;
  }

  get startTime(): string {
    return this.proof.startTime;
  }

  /** Event files and their sizes at the time of the connection: {@link onLog} continues from there. */
  get logs(): readonly { readonly file: string; readonly size: number }[] {
    return this.proof.welcome.logs;
  }

  /**
   * Rejects with {@link RequestError} if the trainer refuses, and with ConnectError if the connection ends.
   *
   * @param sent the body of requests that have one
   */
  async request<M extends Method>(
    method: M,
    parameters: Partial<Parameters<M>>,
    sent?: Uint8Array,
  ): Promise<{ value: Results[M]; body: Uint8Array }> {
    if (!this.socket.open) throw new ConnectError(`The trainer is gone: ${await this.socket.closed}.`, 'silent');
    const id = (this.requests += 1);
    const answer = new Deferred<{ value: unknown; body: Uint8Array }>();
    this.pending.set(id, answer);
    this.socket.send({ type: 'request', id, method, parameters }, sent);
    const { value, body } = await answer.promise;
    // The trainer is of our own version (checked in the handshake) and has proved its identity, so its results are
    // trusted.
    return { value: value as Results[M], body };
  }

  dispose(): void {
    this.socket.close('disconnected');
  }

  private receive(frame: Frame): void {
    const message = trainerMessageSchema.parse(frame.header);
    this.handle(message, frame.body);
  }

  private handle(message: TrainerMessage, body: Uint8Array): void {
    switch (message.type) {
      case 'state':
        this.current = message.state;
        return this.stateEmitter.fire(message.state);
      case 'log':
        return this.logEmitter.fire({ file: message.file, offset: message.offset, bytes: body });
      case 'checkpoint':
        return this.checkpointEmitter.fire({ file: message.file, step: message.step });
      case 'latents':
        return this.latentsEmitter.fire({ ...message.latents, body });
      case 'result':
        return this.take(message.request)?.resolve({ value: message.value, body });
      case 'error':
        return this.take(message.request)?.reject(new RequestError(message.message, message.code));
      case 'refused':
      case 'welcome':
        return this.socket.close('the trainer sent a greeting after the handshake');
    }
  }

  private take(id: number): Deferred<{ value: unknown; body: Uint8Array }> | undefined {
    const deferred = this.pending.get(id);
    this.pending.delete(id);
    return deferred;
  }

  private ended(reason: string): void {
    for (const request of this.pending.values()) {
      request.reject(new ConnectError(`The trainer did not answer: ${reason}.`, 'silent'));
    }
    this.pending.clear();
    this.closeEmitter.fire(reason);
    const { stateEmitter, logEmitter, checkpointEmitter, latentsEmitter, closeEmitter } = this;
    for (const emitter of [stateEmitter, logEmitter, checkpointEmitter, latentsEmitter, closeEmitter]) {
      emitter.dispose();
    }
  }
}

/** A copied run folder carries the id of its original, whose trainer must not be steered through the copy. */
async function checkPath(serves: string, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  const real = await realpath(expected).catch(() => expected);
  if (real !== serves) {
    throw new HandshakeError(`The run’s id belongs to a run that trains in ${serves}; this folder is a copy of it.`);
  }
}

function openSocket(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => {
      // Other errors (a full queue, no file descriptors left) do not mean that there is no trainer.
      const absent = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errorCode(error) ?? '');
      if (absent) reject(new ConnectError('No trainer listens for the run.', 'absent'));
      else reject(new ConnectError(`The trainer cannot be reached: ${error.message}.`, 'silent'));
    });
  });
}
