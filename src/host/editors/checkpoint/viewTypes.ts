/** The same editor under two names, since one comes first for its files and the other is offered beside the text editor. */
export const CHECKPOINT_EDITOR = 'latentStudio.checkpoint';
export const TENSORS_EDITOR = 'latentStudio.tensors';
