import type { z } from 'zod';
import {
  answerSchema,
  challengeSchema,
  helloSchema,
  trainerMessageSchema,
  type TrainerMessage,
} from '../protocol/control';
import { PROTOCOL_VERSION } from '../protocol/frames';
import type { FrameSocket } from './frameSocket';
import { createNonce, prove, proves } from './secret';

/** The handshake of src/protocol/control.ts, both sides. Messages are as in its doc comment. */

export type Role = z.output<typeof helloSchema>['role'];
type Welcome = Extract<TrainerMessage, { type: 'welcome' }>;

export type Refusal = Extract<TrainerMessage, { type: 'refused' }>;

/** The peer is not the expected one, or rejects us; the message says why, for users. */
export class HandshakeError extends Error {
  override name = 'HandshakeError';
  constructor(
    message: string,
    readonly code: Refusal['code'] = 'handshake',
  ) {
    super(message);
  }
}

export interface TrainerIdentity {
  readonly id: string;
  readonly secret: Uint8Array;
  readonly pid: number;
  /** As defined by src/runs/processIdentity.ts. */
  readonly startTime: string;
}

/**
 * The trainer's side: returns the role that the client has proved it may have. Tells the client the reason before it
 * throws.
 */
export async function answerHandshake(socket: FrameSocket, identity: TrainerIdentity): Promise<Role> {
  const refuse = (reason: string): never => {
    socket.send({ type: 'refused', reason, code: 'handshake' });
    throw new HandshakeError(reason);
  };
  const hello = helloSchema.safeParse((await socket.next()).header);
  if (!hello.success) return refuse('The first message is not a greeting of this protocol.');
  const { version, id, role, nonce } = hello.data;
  if (version !== PROTOCOL_VERSION) {
    return refuse(
      `This trainer speaks version ${PROTOCOL_VERSION} of the protocol and was greeted in version ${version}. ` +
        'Use the version of Latent Studio that started it, or stop it and resume the run with the new one.',
    );
  }
  if (id !== identity.id) return refuse('This trainer serves another run.');
  const claim = { id, startTime: identity.startTime, clientNonce: nonce, trainerNonce: createNonce() };
  socket.send({
    type: 'challenge',
    version: PROTOCOL_VERSION,
    id,
    pid: identity.pid,
    startTime: identity.startTime,
    nonce: claim.trainerNonce,
    proof: prove(identity.secret, { side: 'trainer', ...claim }),
  });
  const answer = answerSchema.safeParse((await socket.next()).header);
  if (!answer.success || !proves(answer.data.proof, identity.secret, { side: 'client', ...claim })) {
    return refuse('The secret of the run is not known to the client.');
  }
  return role;
}

export interface ClientGreeting {
  readonly id: string;
  readonly role: Role;
  readonly secret: Uint8Array;
  /** If the caller knows them from elsewhere (the process that it spawned, the lock of the run). */
  readonly expectedPid?: number;
  readonly expectedStartTime?: string;
}

/** The proved identity of the peer. */
export interface TrainerProof {
  readonly pid: number;
  readonly startTime: string;
  readonly welcome: Welcome;
}

/** A trainer answers between two calls of its model, and a large model computes for seconds. */
const PATIENCE_MILLISECONDS = 20_000;

/** The client's side. Throws {@link HandshakeError} unless the peer proves that it is the run's trainer. */
export async function greet(socket: FrameSocket, greeting: ClientGreeting): Promise<TrainerProof> {
  const clientNonce = createNonce();
  const { id, role, secret } = greeting;
  socket.send({ type: 'hello', version: PROTOCOL_VERSION, role, id, nonce: clientNonce });
  const first = await socket.next(PATIENCE_MILLISECONDS);
  const challenge = challengeSchema.safeParse(first.header);
  if (!challenge.success) throw refusal(first.header, 'The peer does not speak this protocol.');
  const { pid, startTime, nonce, proof } = challenge.data;
  const claim = { id, startTime, clientNonce, trainerNonce: nonce };
  if (challenge.data.id !== id || !proves(proof, secret, { side: 'trainer', ...claim })) {
    throw new HandshakeError('The process that answers does not know the run’s secret: it is not the run’s trainer.');
  }
  if (greeting.expectedPid !== undefined && pid !== greeting.expectedPid) {
    throw new HandshakeError(`Process ${pid} trains the run, not process ${greeting.expectedPid}.`);
  }
  if (greeting.expectedStartTime !== undefined && startTime !== greeting.expectedStartTime) {
    throw new HandshakeError(`Process ${pid} answers, but it is not the one that holds the run’s lock.`);
  }
  socket.send({ type: 'answer', proof: prove(secret, { side: 'client', ...claim }) });
  const last = await socket.next(PATIENCE_MILLISECONDS);
  const message = trainerMessageSchema.safeParse(last.header);
  if (!message.success || message.data.type !== 'welcome') {
    throw refusal(last.header, 'The trainer’s welcome is not of this protocol.');
  }
  return { pid, startTime, welcome: message.data };
}

function refusal(header: unknown, otherwise: string): HandshakeError {
  const message = trainerMessageSchema.safeParse(header);
  if (!message.success || message.data.type !== 'refused') return new HandshakeError(otherwise);
  return new HandshakeError(message.data.reason, message.data.code);
}
