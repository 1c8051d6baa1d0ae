import type { Initializer } from '../../engine/program';

/** How many numbers meet in a layer: `inputs` are summed into one output, and one input reaches `outputs`. */
export interface Fans {
  readonly inputs: number;
  readonly outputs: number;
}

/** How the kernel and the bias of a layer start. */
export type Initialization = (fans: Fans) => { readonly kernel: Initializer; readonly bias: Initializer };

const zeros: Initializer = { kind: 'zeros' };

/**
 * U(−1/√n, 1/√n) with n = fan in, for the bias too: PyTorch's default for linear and convolutional layers (He et al. 2015
 * with a = √5; for transposed convolutions PyTorch counts otherwise). Published figures of small VAEs come from it; the
 * Glorot rule gives a 784-400-20 VAE that is some nats off after few epochs.
 */
export const uniformFanIn: Initialization = ({ inputs }) => {
  const initializer: Initializer = { kind: 'uniform', limit: 1 / Math.sqrt(inputs) };
  return { kernel: initializer, bias: initializer };
};

/** U(−l, l) with l = √(6 / (fan in + fan out)) (Glorot & Bengio 2010, equation 16), biases 0. For tanh; Keras' default. */
export const glorotUniform: Initialization = ({ inputs, outputs }) => ({
  kernel: { kind: 'uniform', limit: Math.sqrt(6 / (inputs + outputs)) },
  bias: zeros,
});

/** N(0, 2 / fan in) (He et al. 2015, equation 10), biases 0. For ReLU. */
export const heNormal: Initialization = ({ inputs }) => ({
  kernel: { kind: 'normal', deviation: Math.sqrt(2 / inputs) },
  bias: zeros,
});

/** N(0, σ²), biases 0, however large the layer is; σ = 0.02 is DCGAN's (Radford et al. 2015, section 4). */
export function normal(deviation: number): Initialization {
  return () => ({ kernel: { kind: 'normal', deviation }, bias: zeros });
}

/** Orthonormal columns or, of a wide kernel, rows, times `gain`; biases 0 (Saxe et al. 2013). For recurrent and deep linear layers. */
export function orthogonal(gain = 1): Initialization {
  return () => ({ kernel: { kind: 'orthogonal', gain }, bias: zeros });
}

/** The layer starts as 0, as the last one of a residual or coupling block that starts as the identity (Kingma & Dhariwal 2018). */
export const allZeros: Initialization = () => ({ kernel: zeros, bias: zeros });
