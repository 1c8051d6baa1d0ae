import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointStore } from '../../../src/runs/checkpoints';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { LoopControl } from '../../../src/trainer/loop/loopControl';
import { Hyperparameters } from '../../../src/trainer/loop/hyperparameters';
import { PartialSteps } from '../../../src/trainer/loop/partialSteps';
import { originWords } from '../../../src/trainer/replay/originWords';
import { firstNonFinite } from '../../../src/trainer/replay/replay';
import { train } from '../../../src/trainer/train';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

/** No step of a single phase. */
const WHOLE = new PartialSteps(['train']);

/** Trains two epochs of six steps with one edit of β, which breaks the optimizer's state at update 9. */
async function broken(every: number): Promise<RunDirectory> {
  const run = await createRun(
    workspace.runs,
    tinySpecification(workspace, { training: { epochs: 2, batch: 16 }, checkpoints: { every, keepLast: 100 } }),
  );
  const record = await run.readRecord();
  const changes = [{ step: 9, name: 'beta', before: 1, value: 1e38 }];
  await run.writeRecord({ ...record, changes });
  return run;
}

describe('a diverged run', () => {
  it.each([
    ['the newest checkpoint', 4],
    ['the first step', 1_000],
  ])('is replayed from %s and says which number went first', async (_, every) => {
    const run = await broken(every);
    expect(await train(new LoopControl(), { run: run.path })).toBe(false);
    const { failure, specification, id } = await run.readRecord();
    expect(failure).toMatchObject({ kind: 'not-a-number', origin: { phase: 'train' } });
    expect(failure!.message).toContain('The first number that is not finite: ');
    // β multiplies the KL by 1e38: Adam squares the gradient of update 9, and the loss shows it two steps later.
    expect(failure!.origin).toMatchObject({ step: 9, part: 'update', operation: 'Square', value: 'Infinity' });
    const newest = await new CheckpointStore(run, specification.checkpoints).newest(id);
    expect(newest?.step).toBe(every === 4 ? 8 : undefined);
  });

  it('agrees with an independent look at its weights and losses, also where these broke long before the end', async () => {
    const specification = tinySpecification(workspace, { training: { epochs: 2, batch: 16 } });
    const workbench = await Workbench.open({
      ...{ specification, source: workspace.folder, ready: 'steps' },
      onActivity: () => undefined,
    });
    try {
      const changes = [{ step: 3, name: 'beta', before: 1, value: 1e38 }];
      const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, changes);
      const state = workbench.runner.readState();
      // The first step whose loss, or whose weights after it, are not finite: what the replay has to find by another way.
      let first = 0;
      for (let step = 0; step < 8 && first === 0; step++) {
        const losses = workbench.update(step, hyperparameters.scheduled(step + 1));
        const numbers = [...workbench.runner.readState().values()].flatMap(({ data }) => [...data]);
        if (![...Object.values(losses), ...numbers].every(Number.isFinite)) first = step + 1;
      }
      expect(first).toBeGreaterThan(2);
      const steps: number[] = [];
      const checkpoint = undefined;
      const parts = {
        workbench,
        hyperparameters,
        partialSteps: WHOLE,
        checkpoint,
        onStep: (step: number) => void steps.push(step),
      };
      const origin = await firstNonFinite(parts, 8);
      expect(origin).toMatchObject({ step: first, phase: 'train', function: 'train' });
      expect(origin!.part).not.toBe('variable');
      expect(originWords(origin!)).toContain(`at step ${first}.`);
      expect(Math.max(...steps)).toBeLessThan(8);
      workbench.runner.writeState(state);
    } finally {
      workbench.dispose();
    }
  });

  it('ends where the caller stops it', async () => {
    const specification = tinySpecification(workspace, { training: { epochs: 2, batch: 16 } });
    const workbench = await Workbench.open({
      ...{ specification, source: workspace.folder, ready: 'steps' },
      onActivity: () => undefined,
    });
    const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, []);
    const onStep = (step: number) => {
      if (step === 2) throw new Error('stopped');
    };
    await expect(
      firstNonFinite({ workbench, hyperparameters, partialSteps: WHOLE, checkpoint: undefined, onStep }, 8),
    ).rejects.toThrow('stopped');
    // Where all is finite there is nothing to find.
    const all = { workbench, hyperparameters, partialSteps: WHOLE, checkpoint: undefined, onStep: () => undefined };
    expect(await firstNonFinite(all, 4)).toBeUndefined();
    workbench.dispose();
  });
});
