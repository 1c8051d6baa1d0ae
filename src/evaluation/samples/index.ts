export { compareClassified, compareUnclassified, type Classified, type Comparison } from './compareSamples';
export { CLASSIFIER_BATCH, CLASSIFIER_SHAPE, DIGITS, FEATURES, classifierProgram, classify } from './digitClassifier';
export { vectors, type Vectors } from './vectors';
