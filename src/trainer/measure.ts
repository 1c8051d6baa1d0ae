import { RunDirectory } from '../runs/directory';
import { Hyperparameters } from './loop/hyperparameters';
import { Workbench } from './workbench/workbench';

/** The first calls are slower: TensorFlow plans memory and oneDNN chooses layouts. */
const WARM_UP_STEPS = 4;
const FEWEST_STEPS = 6;
const MILLISECONDS = 700;

/** Median milliseconds of a training step of a run's specification, as this process is set up. Writes nothing. */
export async function measure(folder: string): Promise<number> {
  const run = await RunDirectory.open(folder);
  const { specification } = await run.readRecord();
  const workbench = await Workbench.open({
    specification,
    source: run.path,
    ready: 'steps',
    onActivity: () => undefined,
  });
  const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, []).at(1);
  const times: number[] = [];
  const step = () => {
    const start = performance.now();
    workbench.update(times.length, hyperparameters);
    times.push(performance.now() - start);
  };
  while (times.length < WARM_UP_STEPS) step();
  const end = performance.now() + MILLISECONDS;
  while (performance.now() < end || times.length < WARM_UP_STEPS + FEWEST_STEPS) step();
  workbench.dispose();
  const sorted = times.slice(WARM_UP_STEPS).sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
