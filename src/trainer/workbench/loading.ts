import { errorMessage } from '../../common/systemError';
import { classNames, DataError, loadDataset, type Dataset } from '../../data';
import { BackendError, openBackend, type Backend } from '../../engine';
import { createModel, ModelError } from '../../models';
import type { Model } from '../../models/model';
import type { BackendInfo } from '../../protocol/run';
import type { Specification } from '../../protocol/specification';
import { assetsFolder } from '../assets';
import { TrainerError } from '../errors/failure';

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
    return createModel(specification, dataset.shape, classNames(dataset)?.length);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const { message, remedy } = error;
    throw new TrainerError({ kind: 'specification', message, remedy }, { cause: error });
  }
}

/**
 * The data that the specification names.
 *
 * @param lazily reads the training set only on first use
 */
export async function readData(specification: Specification, lazily: boolean): Promise<Dataset> {
  try {
    return await loadDataset(specification.data, { base: process.cwd(), assets: assetsFolder() }, lazily);
  } catch (error) {
    const message = errorMessage(error);
    const remedy = error instanceof DataError ? error.remedy : 'Check the files that data.path names.';
    throw new TrainerError({ kind: 'data', message, remedy }, { cause: error });
  }
}
