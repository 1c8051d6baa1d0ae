import {
  engine,
  getGradient,
  registerGradient,
  unregisterGradient,
  type GradConfig,
  type NamedAttrMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { attached } from './tape';

/**
 * What may be said of a kernel's gradient: it can itself be differentiated and is right, or its differentiation is refused with
 * a {@link SecondOrderError}, or the gradient itself is refused with a {@link GradientError}. Every gradient that
 * TensorFlow.js knows is one of the three.
 */
export type GradientOrder = 'exact to second order' | 'first order only' | 'refused';

const orders = new Map<string, GradientOrder>();

/** The kernel has no gradient of a gradient here. */
export class SecondOrderError extends Error {
  override name = 'SecondOrderError';

  constructor(kernel: string, instead = 'A gradient penalty or an unrolled step needs another operation there.') {
    super(`The gradient of ${kernel} cannot be differentiated again. ${instead}`);
  }
}

/** The kernel's gradient in TensorFlow.js is wrong or missing. */
export class GradientError extends Error {
  override name = 'GradientError';

  constructor(kernel: string, instead: string) {
    super(`${kernel} has no correct gradient in TensorFlow.js. ${instead}`);
  }
}

/** undefined for a kernel without a gradient, which TensorFlow.js refuses at the first differentiation. */
export function gradientOrder(kernelName: string): GradientOrder | undefined {
  return orders.get(kernelName);
}

/** The kernels of one order, by name. */
export function kernelsOfOrder(order: GradientOrder): string[] {
  return [...orders].filter(([, value]) => value === order).map(([kernel]) => kernel);
}

/** Registers gradients made of operations that are exact to second order, on tensors that are on the tape. */
export function registerExact(configurations: readonly GradConfig[]): void {
  for (const configuration of configurations) {
    const { kernelName } = configuration;
    if (knows(kernelName)) unregisterGradient(kernelName);
    registerGradient(configuration);
    orders.set(kernelName, 'exact to second order');
  }
}

/** TensorFlow.js’ own gradients of these kernels are computed from inputs by operations that are exact in turn. */
export function keepExact(kernelNames: readonly string[]): void {
  for (const kernelName of kernelNames) orders.set(kernelName, 'exact to second order');
}

/**
 * Makes the gradients of these kernels constants that throw when they are differentiated.
 * @param instead by kernel: what can be differentiated twice, as a sentence
 */
export function refuseSecondOrder(instead: Readonly<Record<string, string>>): void {
  for (const [kernelName, sentence] of Object.entries(instead)) {
    const original = getGradient(kernelName);
    unregisterGradient(kernelName);
    registerGradient({
      ...original,
      gradFunc: (dy, saved, attributes) => guarded(original, { dy, saved, attributes }, sentence),
    });
    orders.set(kernelName, 'first order only');
  }
}

/**
 * Makes the differentiation of these kernels throw.
 * @param instead by kernel: what has the right gradient, as a sentence
 */
export function refuseGradients(instead: Readonly<Record<string, string>>): void {
  for (const [kernelName, sentence] of Object.entries(instead)) {
    if (knows(kernelName)) unregisterGradient(kernelName);
    registerGradient({
      kernelName,
      gradFunc: () => {
        throw new GradientError(kernelName, sentence);
      },
    });
    orders.set(kernelName, 'refused');
  }
}

interface Call {
  readonly dy: Tensor | Tensor[];
  readonly saved: Tensor[];
  readonly attributes: NamedAttrMap;
}

function guarded(
  original: GradConfig,
  { dy, saved, attributes }: Call,
  instead: string,
): ReturnType<GradConfig['gradFunc']> {
  const dys = Array.isArray(dy) ? dy : [dy];
  const gradients = original.gradFunc(dy, saved, attributes);
  const guard = (compute: () => Tensor) => () => refusing(original.kernelName, compute(), [...dys, ...saved], instead);
  return Object.fromEntries(Object.entries(gradients).map(([input, compute]) => [input, guard(compute)]));
}

/** A gradient's values, with an error where they are differentiated. */
export function refusing(kernelName: string, value: Tensor, inputs: readonly Tensor[], instead?: string): Tensor {
  if (!engine().isTapeOn()) return value;
  const gradient = () => {
    throw new SecondOrderError(kernelName, instead);
  };
  return attached({ inputs, value, saved: [], gradient });
}

/** TensorFlow.js throws for unknown names only when asked to remove them. */
function knows(kernelName: string): boolean {
  return (getGradient(kernelName) as GradConfig | undefined) !== undefined;
}
