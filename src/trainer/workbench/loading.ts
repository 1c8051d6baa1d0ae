import path from 'node:path';
import { errorMessage } from '../../common/systemError';
import { classNames, DataError, loadDataset, type Dataset, type ImageLoading, type Wanted } from '../../data';
import { BackendError, openBackend, type Backend } from '../../engine';
import { createModel, ModelError } from '../../models';
import type { Model } from '../../models/model';
import { cacheFolder } from '../../native';
import { ImageDecoderError, runImageDecoder } from '../../process/imageDecoder';
import type { BackendInfo } from '../../protocol/run';
import type { Specification } from '../../protocol/specification';
import { assetsFolder, imageDecoder } from '../assets';
import { TrainerError } from '../errors/failure';
import { availableMemory } from './modelSize';

// Loading what a specification names. Each function throws a TrainerError that says which part failed, why, and what to do.

/** The backend that the specification names; where it leaves that open, the one of the run's earlier sessions. */
export async function openPinned({ engine }: Specification, pinned: BackendInfo['name'] | undefined): Promise<Backend> {
  const { backend, threads } = engine;
  try {
    if (backend === 'auto' && pinned !== undefined) {
      const same = await openBackend({ choice: pinned, threads }).catch(() => undefined);
      if (same !== undefined) return same; // else continue with what there is now: the record will say so
    }
    return await openBackend({ choice: backend, threads });
  } catch (error) {
    const message = errorMessage(error);
    const remedy = error instanceof BackendError ? error.next : 'Set engine.backend to "wasm".';
    throw new TrainerError({ kind: 'backend', message, remedy }, { cause: error });
  }
}

/** The model that the specification describes, for the examples of the data set. */
export function buildModel(specification: Specification, dataset: Dataset): Model {
  try {
    return createModel(specification, dataset.shape, classNames(dataset)?.length, dataset.extent);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const { message, remedy } = error;
    throw new TrainerError({ kind: 'specification', message, remedy }, { cause: error });
  }
}

export interface ReadOptions {
  readonly wanted: Wanted;
  readonly onActivity: (activity: string) => void;
  /** Ends the decoding of images; its reason is then thrown. */
  readonly signal?: AbortSignal;
}

/** The data that the specification names. */
export async function readData({ data }: Specification, { wanted, onActivity, signal }: ReadOptions): Promise<Dataset> {
  const onProgress = (done: number, total: number) =>
    onActivity(`decoding images: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`);
  try {
    const images: ImageLoading = {
      cache: imageCache(data),
      memory: availableMemory(),
      decode: (job) => runImageDecoder({ job: 'decode', ...job }, { decoder: imageDecoder(), onProgress, signal }),
      signal,
    };
    return await loadDataset(data, { base: process.cwd(), assets: assetsFolder(), images }, wanted);
  } catch (error) {
    if (signal?.aborted) throw error;
    const message = errorMessage(error);
    const remedy =
      error instanceof DataError || error instanceof ImageDecoderError
        ? error.remedy
        : 'Check the files that data.path names.';
    throw new TrainerError({ kind: 'data', message, remedy }, { cause: error });
  }
}

/** Not asked for where there are no images: there may be no place for it. */
function imageCache({ set }: Specification['data']): string {
  return set === 'images' ? path.join(cacheFolder(), 'images') : '';
}
