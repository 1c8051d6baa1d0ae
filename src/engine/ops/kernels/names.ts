/**
 * TensorFlow.js kernels of our own: on TensorFlow its own operations (`./tensorflow.ts`), on other backends put together
 * from the kernels that these have (`./composed.ts`). As kernels they are recorded by a trace like any other, and their
 * gradients (`../../gradients`) hold on every backend.
 */

/** {dy, y}: the gradient through an activation whose slope follows from its output y. */
export const TANH_GRADIENT = 'LatentTanhGradient';
export const SIGMOID_GRADIENT = 'LatentSigmoidGradient';
export const ELU_GRADIENT = 'LatentEluGradient';
export const SELU_GRADIENT = 'LatentSeluGradient';
export const RELU_GRADIENT = 'LatentReluGradient';
export const RELU6_GRADIENT = 'LatentRelu6Gradient';
/** {dy, x}: the same from the input x. */
export const SOFTPLUS_GRADIENT = 'LatentSoftplusGradient';
/** {dy, x}, {alpha} */
export const LEAKY_RELU_GRADIENT = 'LatentLeakyReluGradient';

/** {x} of shape [1 or n, …], {shape}: repeats axes of length 1; the ranks agree. */
export const BROADCAST = 'LatentBroadcast';
/** {dy}, {paddings, mode, inputShape}: adds what mirrored padding has copied back onto its source. */
export const MIRROR_PAD_GRADIENT = 'LatentMirrorPadGradient';
/** {x, y, ddx}, {filterSize, strides, pad}: of each window of ddx the entry where x has its maximum y. */
export const MAX_POOL_SECOND_GRADIENT = 'LatentMaxPoolSecondGradient';

/** {x, bias}: bias [n] added along the last axis of x */
export const ADD_BIAS = 'LatentAddBias';
/** {dy}: [..., n] → [n], summed over all axes but the last */
export const BIAS_GRADIENT = 'LatentBiasGradient';
/** {x, scale, offset}, {epsilon} → [output, mean, unbiased variance, two tensors for the gradient] */
export const BATCH_NORMALIZATION = 'LatentBatchNormalization';
/** {dy, x, scale, saved0, saved1}, {epsilon} → gradients of [x, scale, offset] */
export const BATCH_NORMALIZATION_GRADIENT = 'LatentBatchNormalizationGradient';
/** {labels, logits} [batch, classes] → [loss [batch], gradient of the logits [batch, classes]] */
export const SOFTMAX_CROSS_ENTROPY = 'LatentSoftmaxCrossEntropy';
/** The same with labels [batch] as class numbers (int32). */
export const SPARSE_SOFTMAX_CROSS_ENTROPY = 'LatentSparseSoftmaxCrossEntropy';
/**
 * {loss, slope, labels, logits}: the loss of one of these two, computed off the tape, as a function of labels and
 * logits on it; slope is the gradient of the logits.
 */
export const CROSS_ENTROPY_LOSS = 'LatentCrossEntropyLoss';
/** {labels, logits} of one shape: max(l, 0) − l x + log(1 + exp(−|l|)) entry by entry */
export const SIGMOID_CROSS_ENTROPY = 'LatentSigmoidCrossEntropy';
