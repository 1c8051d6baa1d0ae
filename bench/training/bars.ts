import { median, pairedRatio } from '../report';
import { OURS, PYTORCH, TFJS } from './contenders';
import { countingOutcome, type MeasuredResult, type ModelResult } from './result';

/** What the compiled step is to reach: its time over another's, at most. */
export interface Bar {
  readonly against: string;
  readonly atMost: number;
  /** Undefined where either has no figures. */
  readonly ratio: number | undefined;
}

const AGAINST_PYTORCH: Readonly<Record<string, number>> = {
  'mlp-vae': 0.75,
  'conv-vae': 0.62,
  'ring-gan': 0.55,
  'dcgan-d': 0.95,
  'dcgan-g': 0.95,
  pixelcnn: 0.8,
  made: 1,
  'wgan-gp': 1,
  'row-lstm': 1,
  'conv-vae-64': 0.9,
};
const AGAINST_PYTORCH_ELSE = 0.75;
const AGAINST_FUNCTION: Readonly<Record<string, number>> = { 'conv-vae-64': 1 };
const AGAINST_FUNCTION_ELSE = 1.1;
const AGAINST_TFJS: Readonly<Record<string, number>> = { 'mlp-vae': 0.2, 'conv-vae': 0.45 };

export const FUNCTIONS = ['function', 'function-onednn', 'xla'];

export function barsOf(result: ModelResult): Bar[] {
  const ours = countingOutcome(result, OURS);
  const ratioTo = (other: MeasuredResult | undefined) => ours && other && ratio(ours, other);
  const best = bestFunction(result);
  const bars: Bar[] = [
    {
      against: 'PyTorch, eager',
      atMost: AGAINST_PYTORCH[result.model] ?? AGAINST_PYTORCH_ELSE,
      ratio: ratioTo(countingOutcome(result, PYTORCH)),
    },
    {
      against: best ? `the best tf.function (${best.title.replace('tf.function, ', '')})` : 'the best tf.function',
      atMost: AGAINST_FUNCTION[result.model] ?? AGAINST_FUNCTION_ELSE,
      ratio: ratioTo(best),
    },
  ];
  const atMost = AGAINST_TFJS[result.model];
  if (atMost !== undefined) {
    bars.push({ against: 'TensorFlow.js, eager', atMost, ratio: ratioTo(countingOutcome(result, TFJS)) });
  }
  return bars;
}

/** Of the settings of tf.function that have figures, the fastest. */
export function bestFunction(result: ModelResult): MeasuredResult | undefined {
  const measured = FUNCTIONS.flatMap((name) => countingOutcome(result, name) ?? []);
  return measured.sort((a, b) => median(a.rounds) - median(b.rounds))[0];
}

/** Round by round, so that a drifting machine cancels out. */
export function ratio(a: MeasuredResult, b: MeasuredResult): number {
  return pairedRatio(a.rounds, b.rounds);
}
