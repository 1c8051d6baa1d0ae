/**
 * Operations that models call besides those of TensorFlow.js: fused ones where TensorFlow has them, and what
 * TensorFlow.js lacks.
 */
export { addBias } from './addBias';
export { batchNormalization, normalizeBatch, type BatchNormalization } from './batchNormalization';
export { clipByGlobalNorm, clipByValue, globalNorm } from './clipping';
export { constant } from './constant';
export { sigmoidCrossEntropy, softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from './crossEntropy';
export { instanceNormalization, layerNormalization } from './normalization';
export { stopGradient } from './stopGradient';
