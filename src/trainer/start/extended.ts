import { issueWords } from '../../protocol/issueWords';
import { trainingSchema, type Specification } from '../../protocol/specification';
import { TrainerError } from '../errors/failure';

/** A specification with `more` epochs. Throws {@link TrainerError} if that is more than a specification may have. */
export function extended(specification: Specification, more: number): Specification {
  const { training } = specification;
  const epochs = trainingSchema.shape.epochs.safeParse(training.epochs + more, { error: issueWords });
  if (epochs.success) return { ...specification, training: { ...training, epochs: epochs.data } };
  throw new TrainerError({
    kind: 'specification',
    message: `The run cannot have ${training.epochs} + ${more} epochs: ${epochs.error.issues[0]?.message ?? 'too many'}.`,
    remedy: 'Ask for fewer epochs.',
  });
}
