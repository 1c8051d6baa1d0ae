/** The same editor under two names: what is binary opens in the first at a click, JSON in the second when that is chosen. */
export const CHECKPOINT_EDITOR = 'latentStudio.checkpoint';
export const TENSORS_EDITOR = 'latentStudio.tensors';
