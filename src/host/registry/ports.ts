import type { Event } from '../../common/emitter';
import type { Disposable } from '../../common/disposable';
import type { LiveState, Method, Parameters, Results } from '../../protocol/control';
import type { Revision } from '../../protocol/revision';
import type { HistogramSample, LoggedImage, LoggedTensor, LogUpdate } from '../../protocol/logs';

/**
 * What the registry needs from the rest: decoded logs, and trainers to talk to. The extension gives it the log service
 * and control clients; tests give it their own.
 */

export interface Logs {
  open(run: string): void;
  close(run: string): void;
  /** Bytes that a live trainer says it has appended to one of its files. */
  feed(run: string, file: string, offset: number, bytes: Uint8Array): void;
  /** Reads on from disk. */
  refresh(run: string): void;
  /**
   * Everything decoded so far, or all of one tag. Updates fired before it resolves are part of it, later ones continue it
   * and bring the series that did not fit into it.
   */
  snapshot(run: string, tag?: string): Promise<LogUpdate>;
  image(run: string, tag: string, step: number): Promise<LoggedImage | null>;
  tensor(run: string, tag: string, step: number): Promise<LoggedTensor | null>;
  histograms(run: string, tag: string, from: number, signal?: AbortSignal): Promise<readonly HistogramSample[]>;
  readonly onUpdate: Event<LogUpdate>;
}

export interface TrainerAddress {
  /** From run.json; nothing else of a run folder helps to find its trainer. */
  readonly id: string;
  /** The run directory that is meant: a copied folder carries the id of its original. */
  readonly expectedPath: string;
}

/** A connection to a living trainer that proved who it is; it looks and changes nothing. */
export interface TrainerWatch extends Disposable {
  readonly pid: number;
  readonly state: LiveState;
  readonly onState: Event<LiveState>;
  readonly onLog: Event<{ readonly file: string; readonly offset: number; readonly bytes: Uint8Array }>;
  /** Once, with the reason in words. */
  readonly onClose: Event<string>;
}

export interface Trainers {
  /** Rejects when nobody answers or the peer can't prove who it is. */
  watch(address: TrainerAddress): Promise<TrainerWatch>;
  /** Takes control for one request. */
  control<M extends Method>(
    address: TrainerAddress,
    method: M,
    parameters: Partial<Parameters<M>>,
  ): Promise<{ readonly value: Results[M] }>;
  /** Starts a trainer that continues a run, for more epochs if asked. Resolves when it answers. */
  resume(run: string, extendEpochs?: number, revision?: Revision): Promise<void>;
}
