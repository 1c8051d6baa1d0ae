import type { Event } from '../../common/emitter';
import type { Disposable } from '../../common/disposable';
import type { LiveState, Method, Parameters, Results } from '../../protocol/control';
import type { Revision } from '../../protocol/revision';
import type { HistogramSample, LoggedImage, LoggedTensor, LogUpdate } from '../../protocol/logs';

/**
 * The registry's dependencies: decoded logs, and connections to trainers. The extension provides the log service and
 * control clients; tests provide fakes.
 */

export interface Logs {
  open(run: string): void;
  close(run: string): void;
  /** Bytes that a live trainer reports to have appended to one of its files. */
  feed(run: string, file: string, offset: number, bytes: Uint8Array): void;
  /** Reads new data from disk. */
  refresh(run: string): void;
  /**
   * Everything decoded so far, or all of one tag. The snapshot contains updates fired before it resolves; later updates
   * continue it and bring the series that did not fit.
   */
  snapshot(run: string, tag?: string): Promise<LogUpdate>;
  image(run: string, tag: string, step: number): Promise<LoggedImage | null>;
  tensor(run: string, tag: string, step: number): Promise<LoggedTensor | null>;
  histograms(run: string, tag: string, from: number, signal?: AbortSignal): Promise<readonly HistogramSample[]>;
  readonly onUpdate: Event<LogUpdate>;
}

export interface TrainerAddress {
  /** The id from run.json; nothing else in a run folder is used to find its trainer. */
  readonly id: string;
  /** The expected run directory: a copied folder has the id of its original. */
  readonly expectedPath: string;
}

/** A connection to a live trainer that has proved its identity; it observes and changes nothing. */
export interface TrainerWatch extends Disposable {
  readonly pid: number;
  readonly state: LiveState;
  readonly onState: Event<LiveState>;
  readonly onLog: Event<{ readonly file: string; readonly offset: number; readonly bytes: Uint8Array }>;
  /** Fired once, with the reason for users. */
  readonly onClose: Event<string>;
}

export interface Trainers {
  /** Rejects if nobody answers or the peer cannot prove its identity. */
  watch(address: TrainerAddress): Promise<TrainerWatch>;
  /** Takes control for one request. */
  control<M extends Method>(
    address: TrainerAddress,
    method: M,
    parameters: Partial<Parameters<M>>,
  ): Promise<{ readonly value: Results[M] }>;
  /** Starts a trainer that continues a run, for more epochs if requested. Resolves when it answers. */
  resume(run: string, extendEpochs?: number, revision?: Revision): Promise<void>;
}
