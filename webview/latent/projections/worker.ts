import { errorMessage } from '../../../src/common/systemError';
import { approximateNeighbors } from '../maths/approximateNeighbors';
import { exactNeighbors } from '../maths/exactNeighbors';
import { fitPca } from '../maths/pca';
import { posteriorStatistics } from '../maths/posterior';
import { tsne, umap, type Reports } from './layouts';
import type { Job, JobNews, JobResults } from './messages';

/** The worker's program: it runs one job. */
const tell = (news: JobNews, transferred: Transferable[] = []) => self.postMessage(news, { transfer: transferred });
const reports: Reports = {
  progress: (share, activity) => tell({ type: 'progress', share, activity }),
  positions: (positions) => tell({ type: 'positions', positions }, [positions.buffer]),
};

function perform(job: Job): JobResults[Job['kind']] {
  switch (job.kind) {
    case 'pca':
      return fitPca(job.latents);
    case 'statistics':
      return posteriorStatistics(job.latents, job.logVariances, job.prior);
    case 'umap':
      return umap(job.latents, job.start, reports);
    case 'tsne':
      return tsne(job.latents, job.start, reports);
    case 'neighbors':
      return (job.exact ? exactNeighbors : approximateNeighbors)(job.latents, job.k);
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Job>) => {
  try {
    tell({ type: 'done', result: perform(data) });
  } catch (error) {
    tell({ type: 'failed', message: errorMessage(error) });
  }
});
