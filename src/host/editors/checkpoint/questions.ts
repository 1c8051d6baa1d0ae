import type { CheckpointExchanges } from '../../../protocol/checkpointView';
import type { TensorService } from '../../../tensors/service';
import type { Handlers } from '../../ui/channel';
import { siblingsOf } from './own';

/** Answers a page's requests about one file by asking the tensor service, under the key of the file. */
export function answersAbout(
  { key, file }: { readonly key: string; readonly file: string | undefined },
  tensors: Pick<TensorService, 'ask'>,
): Handlers<CheckpointExchanges> {
  return {
    rows: (parameters, carrying) => tensors.ask({ type: 'rows', ...parameters, file: key }, carrying),
    statistics: (parameters, carrying) => tensors.ask({ type: 'statistics', ...parameters, file: key }, carrying),
    statisticsOfMany: (parameters, carrying) =>
      tensors.ask({ type: 'statisticsOfMany', ...parameters, file: key }, carrying),
    slice: (parameters, carrying) => tensors.ask({ type: 'slice', ...parameters, file: key }, carrying),
    tiles: (parameters, carrying) => tensors.ask({ type: 'tiles', ...parameters, file: key }, carrying),
    norms: async (parameters, carrying) => {
      const others = file === undefined ? [] : await siblingsOf(file);
      return tensors.ask({ type: 'norms', ...parameters, file: key, others }, carrying);
    },
  };
}
