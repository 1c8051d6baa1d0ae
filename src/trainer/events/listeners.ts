import { setImmediate as breathe } from 'node:timers/promises';
import type { Specification } from '../../protocol/specification';
import type { EventLogWriter } from '../../runs/eventLog';
import type { CheckpointWriter } from '../run/checkpointWriter';
import { notANumber } from '../errors/failure';
import type { Alerts } from './alerts';
import type { Hyperparameters } from '../loop/hyperparameters';
import type { LiveStatus } from '../run/live';
import type { LoopControl } from '../loop/loopControl';
import type { Losses, StepListener } from '../loop/loop';
import { logSummaries } from './summaries';
import type { RecordKeeper } from '../run/recordKeeper';
import type { SpeedMeter } from '../loop/speedMeter';
import { evaluate } from '../workbench/measures';
import type { Workbench } from '../workbench/workbench';

/** What listens to the training loop. Each is a small thing of its own; the loop knows none of them. */
export interface Listening {
  readonly workbench: Workbench;
  readonly hyperparameters: Hyperparameters;
  readonly log: EventLogWriter;
  readonly alerts: Pick<Alerts, 'measured'>;
  readonly live: LiveStatus;
  readonly record: RecordKeeper;
  readonly speed: SpeedMeter;
  readonly checkpoints: CheckpointWriter;
  /** Sends latents to the clients that follow the run. */
  readonly sendLatents: StepListener;
  readonly control: Pick<LoopControl, 'looksAt' | 'pace'>;
  readonly totalSteps: number;
}

/** In the order in which they hear of a step: a checkpoint comes last, so that the log below it is complete. */
export function listenersOf(parts: Listening): StepListener[] {
  return [
    stopAtNaN,
    progress(parts),
    parts.sendLatents,
    scalars(parts),
    evaluation(parts),
    previews(parts),
    histograms(parts),
    saving(parts),
  ];
}

/**
 * Of the steps whose pictures are logged only because the run is slowed down: on a plane 2,000 take some 60 MB, and a slowed run may be
 * forgotten overnight.
 */
const MOST_UNSCHEDULED = 2_000;

type Rule = Specification['logging']['images'];

/** Whether something that happens every n steps is due after this one; after the last step everything does. */
function isDue(
  rule: Rule,
  step: number,
  { workbench, totalSteps }: Pick<Listening, 'workbench' | 'totalSteps'>,
): boolean {
  return step === totalSteps || step % (rule === 'epoch' ? workbench.stepsPerEpoch : rule) === 0;
}

/** Whether the logging rule has scalars logged after this step: the first step too, so that a curve begins where the run does. */
export function scalarsDue(step: number, parts: Pick<Listening, 'workbench' | 'totalSteps'>): boolean {
  return step === 1 || isDue(parts.workbench.specification.logging.scalars, step, parts);
}

const stopAtNaN: StepListener = (step, losses) => {
  const broken = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (broken === undefined) return undefined;
  throw notANumber(`train/${broken[0]} became ${broken[1]}`, step);
};

function progress({ live, record, speed, workbench, totalSteps, control }: Listening): StepListener {
  return (step, losses) => {
    speed.tick();
    const { pace } = control;
    // The wait for the next step is no work.
    if (pace !== undefined) speed.interrupt();
    const epoch = step / workbench.stepsPerEpoch;
    record.progress(step, epoch);
    const left = totalSteps - step;
    live.update({
      step,
      epoch,
      stepsPerSecond: Math.min(speed.stepsPerSecond || Infinity, pace ?? speed.stepsPerSecond),
      secondsLeft: pace === undefined ? speed.secondsFor(left) : Math.max(left / pace, speed.secondsFor(left) ?? 0),
    });
    live.measured(tagged('train', losses));
    return undefined;
  };
}

function scalars(parts: Listening): StepListener {
  const { log, speed, hyperparameters, alerts, control } = parts;
  // A phase that is not due in a logged step has none of its own there; the newest value of each output stands for it.
  const newest: Record<string, number> = {};
  return (step, losses) => {
    Object.assign(newest, losses);
    const due = scalarsDue(step, parts);
    if (!due && !control.looksAt) return undefined;
    log.scalars(step, {
      ...tagged('train', newest),
      ...tagged('train', hyperparameters.learningRates(step)),
      'speed/steps_per_second': speed.stepsPerSecond,
    });
    // Alerts count values, which must be as far apart as in a run that nobody looks at.
    return due ? alerts.measured(step, tagged('train', newest)) : undefined;
  };
}

function evaluation(parts: Listening): StepListener {
  const { workbench, hyperparameters, live, log, speed, checkpoints, record, alerts } = parts;
  const { keepBest } = workbench.specification.checkpoints;
  const rule = workbench.specification.logging.evaluate;
  return (step) => {
    if (!isDue(rule, step, parts)) return undefined;
    return live.during('evaluating', async () => {
      const metrics = await evaluate(workbench, hyperparameters.at(step));
      speed.interrupt();
      if (metrics === undefined) return;
      log.scalars(step, metrics);
      live.measured(metrics);
      await alerts.measured(step, metrics);
      checkpoints.measured(metrics);
      if (keepBest !== undefined && !(keepBest.metric in metrics)) {
        await record.note(
          `checkpoints.keepBest has no effect: the evaluation gives no "${keepBest.metric}", but ${tagsOf(metrics)}.`,
        );
      }
    });
  };
}

function previews(parts: Listening): StepListener {
  const { workbench, log, speed, control } = parts;
  const rule = workbench.specification.logging.images;
  let unscheduled = 0;
  return (step) => {
    if (!isDue(rule, step, parts)) {
      const paced = control.pace !== undefined;
      if (!control.looksAt || (paced && unscheduled >= MOST_UNSCHEDULED)) return undefined;
      if (paced) unscheduled += 1;
    }
    return logSummaries(workbench, 'images', log, step).then(() => speed.interrupt());
  };
}

function histograms(parts: Listening): StepListener {
  const { workbench, log, speed } = parts;
  const rule = workbench.specification.logging.histograms;
  return (step) => {
    if (!isDue(rule, step, parts)) return undefined;
    return (async () => {
      const state = workbench.runner.readState();
      for (const { name, trained } of workbench.model.program.variables) {
        if (trained === false) continue;
        log.histogram(`weights/${name}`, step, state.get(name)!.data as Float32Array);
        await breathe();
      }
      await logSummaries(workbench, 'histograms', log, step);
      speed.interrupt();
    })();
  };
}

function saving(parts: Listening): StepListener {
  const rule = parts.workbench.specification.checkpoints.every;
  return (step) => {
    if (!isDue(rule, step, parts)) return undefined;
    parts.speed.interrupt();
    return parts.checkpoints.write(step).then(() => undefined);
  };
}

function tagsOf(metrics: Losses): string {
  return Object.keys(metrics)
    .filter((tag) => tag.startsWith('test/'))
    .join(', ');
}

function tagged(group: string, losses: Losses): Record<string, number> {
  return Object.fromEntries(Object.entries(losses).map(([name, value]) => [`${group}/${name}`, value]));
}
