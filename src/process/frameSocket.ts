import type { Socket } from 'node:net';
import { errorMessage } from '../common/systemError';
import { Deferred } from '../common/deferred';
import { encodeFrame, FrameDecoder, type Frame } from '../protocol/frames';

/** Timeout for each message of a handshake. */
const HANDSHAKE_MILLISECONDS = 5_000;
/** Frames that may be queued without a receiver; a peer that sends more violates the handshake. */
const MOST_WAITING = 256;

/**
 * Frames over a socket. The handshake reads one frame at a time; afterwards a receiver gets all of them, in order. A
 * peer that sends invalid data is disconnected.
 */
export class FrameSocket {
  private readonly decoder: FrameDecoder;
  private readonly waiting: Frame[] = [];
  private wanted: Deferred<Frame> | undefined;
  private receiver: ((frame: Frame) => void) | undefined;
  private end: string | undefined;
  private readonly ended = new Deferred<string>();

  /** @param limit maximum size of a frame from the peer, in bytes */
  constructor(
    private readonly socket: Socket,
    limit: number,
  ) {
    this.decoder = new FrameDecoder(limit);
    socket.on('data', (chunk: Buffer) => this.decode(chunk));
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('the connection was closed'));
  }

  /** Settles with the reason, for users, when nothing more will arrive. */
  get closed(): Promise<string> {
    return this.ended.promise;
  }

  get open(): boolean {
    return this.end === undefined;
  }

  /** Bytes that were sent but not yet taken by the peer. */
  get unread(): number {
    return this.socket.writableLength;
  }

  /** Changes the maximum size of a frame from the peer. */
  accept(limit: number): void {
    this.decoder.limit = limit;
  }

  send(header: unknown, body?: Uint8Array): void {
    this.sendEncoded(encodeFrame(header, body));
  }

  sendEncoded(frame: Uint8Array): void {
    if (this.open) this.socket.write(frame);
  }

  /** Resolves once everything sent so far has left this process, or the peer is gone. */
  async drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (!this.open) resolve();
      else this.socket.write(new Uint8Array(0), () => resolve());
    });
  }

  /** The next frame. Rejects if the peer closes the connection or the timeout expires. */
  async next(milliseconds = HANDSHAKE_MILLISECONDS): Promise<Frame> {
    const first = this.waiting.shift();
    if (first !== undefined) return first;
    if (this.end !== undefined) throw new Error(this.end);
    const wanted = new Deferred<Frame>();
    this.wanted = wanted;
    const giveUp = () => {
      if (this.wanted === wanted) this.close(`no answer within ${milliseconds / 1000} s`);
    };
    // A trainer may compute for seconds; timers then fire before the socket is read, so one more turn is allowed.
    const timer = setTimeout(() => setImmediate(giveUp), milliseconds);
    try {
      return await wanted.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** From now on every frame goes to the receiver, queued ones first. A receiver that throws ends the connection. */
  receive(receiver: (frame: Frame) => void): void {
    this.receiver = receiver;
    for (const frame of this.waiting.splice(0)) this.hand(frame);
  }

  close(reason: string): void {
    if (this.end !== undefined) return;
    this.end = reason;
    this.socket.destroy();
    this.wanted?.reject(new Error(reason));
    this.ended.resolve(reason);
  }

  /** Closes the connection after everything sent has arrived. */
  async finish(reason: string): Promise<void> {
    if (!this.open) return;
    await Promise.race([new Promise<void>((resolve) => this.socket.end(resolve)), this.closed, later(1_000)]);
    this.close(reason);
  }

  private decode(chunk: Buffer): void {
    if (!this.open) return;
    try {
      for (const frame of this.decoder.push(chunk)) this.hand(frame);
    } catch (error) {
      this.close(errorMessage(error));
    }
  }

  private hand(frame: Frame): void {
    if (!this.open) return;
    if (this.receiver !== undefined) {
      try {
        this.receiver(frame);
      } catch (error) {
        this.close(errorMessage(error));
      }
    } else if (this.wanted !== undefined) {
      const wanted = this.wanted;
      this.wanted = undefined;
      wanted.resolve(frame);
    } else if (this.waiting.length < MOST_WAITING) {
      this.waiting.push(frame);
    } else {
      this.close('the peer violates the handshake');
    }
  }
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
