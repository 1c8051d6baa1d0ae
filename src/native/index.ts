export { cacheFolder } from './cache';
export type { Progress, ProgressListener } from './download';
export { applyTensorFlowSettings, trainerEnvironment, type EnvironmentOptions } from './environment';
export { TensorFlowSetupError, type TensorFlowSetupCode } from './error';
export { installTensorFlow, type InstallOptions } from './install';
export { locateTensorFlow, type TensorFlowLocation, type TensorFlowSource } from './location';
export { tensorFlowStatus, type TensorFlowStatus } from './status';
export { lastLines, runCommand } from './command';
export { chooseThreads, type ThreadMeasurement } from './threads';
