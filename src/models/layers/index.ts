/**
 * Layers as functions: each takes a scope, the name under which its variables are stored, its input and how many outputs it
 * has. The first pass over a network, on shapes alone ({@link variablesOf}), declares its variables; programs read them.
 *
 *   const critic = (scope: LayerScope, images: tf.Tensor) => {
 *     const hidden = leakyRelu(convolution(scope, 'critic.convolution.0', images, 32, { kernel: 4, stride: 2 }));
 *     return dense(scope, 'critic.value', flatten(hidden), 1);
 *   };
 *   const variables = variablesOf((scope, standIn) => critic(scope, standIn([1, 28, 28, 1])));
 */
export { activations, leakyRelu, type Activation } from './activations';
export type { AffineOptions, Parametrization } from './affine';
export { convolution, transposedConvolution } from './convolution';
export type { ConvolutionOptions, TransposedConvolutionOptions } from './convolution';
export { dense, embedding, positionwise, type EmbeddingOptions } from './dense';
export { allZeros, glorotUniform, heNormal, normal, orthogonal } from './initialization';
export type { Fans, Initialization } from './initialization';
export { degreeMask, hiddenDegrees, masked, naturalDegrees, rasterMask, type Mask } from './masks';
export { batchNorm, layerNorm, type BatchNormOptions, type Statistics } from './normalization';
export { flatten } from './flatten';
export { spectralNorm } from './spectralNorm';
export { variable, variablesOf, type LayerScope, type StandIn } from './variables';
