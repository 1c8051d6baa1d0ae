import type { RefusalCode } from '../../protocol/control';
import type { Presentation } from '../../protocol/run';

/** A request that is refused; the client receives this message and code. */
export class RefusedError extends Error {
  override name = 'RefusedError';
  constructor(
    message: string,
    readonly code: RefusalCode,
  ) {
    super(message);
  }
}

/** Refuses what a model's family cannot do: "GAN models have no encoder." */
export function refusedOf(
  { presentation }: { readonly presentation: Pick<Presentation, 'title'> },
  what: string,
  code: RefusalCode = 'unsupported',
): RefusedError {
  // The title ends with the data: "GAN · MNIST".
  const [family] = presentation.title.split(' · ');
  return new RefusedError(`${family} models ${what}.`, code);
}
