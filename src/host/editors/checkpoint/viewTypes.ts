/**
 * The same editor under two view types: binary files open in the first by default; JSON files open in the second only
 * when the user chooses it.
 */
export const CHECKPOINT_EDITOR = 'latentStudio.checkpoint';
export const TENSORS_EDITOR = 'latentStudio.tensors';
