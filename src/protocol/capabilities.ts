import * as z from 'zod';
import './jitless';

/** What the model learns: images with values in [0, 1], or points with `size` coordinates. */
export const dataShapeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), shape: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]) }),
  z.object({ kind: z.literal('points'), size: z.int().min(1) }),
]);
export type DataShape = z.output<typeof dataShapeSchema>;

/**
 * What can be asked of a trained model. Its family declares it; it is stored in `run.json` and in each checkpoint, and
 * is all that host, views and command line know about a family.
 */
export const capabilitiesSchema = z.object({
  /** Absent in records of version 0.1.0. */
  data: dataShapeSchema.optional(),
  /** How a sample is drawn: in one pass, or element by element, each conditioned on the previous ones. */
  sampling: z.enum(['once', 'sequential']).nullable(),
  /** What is known about log p(x): its exact value, an estimate by importance sampling, or only a bound. */
  likelihood: z.enum(['exact', 'importance', 'bound']).nullable(),
  latent: z
    .object({
      size: z.int().min(1),
      /** p(z), from which latents are drawn for sampling; null if the model does not define a prior. */
      prior: z.enum(['normal', 'uniform', 'sphere', 'codebook']).nullable(),
      /** What an example is encoded to: q(z|x) = N(μ, diag σ²), a vector, or indices into a codebook. */
      encodes: z.enum(['gaussian', 'point', 'codes']).nullable(),
      decodes: z.boolean(),
    })
    .nullable(),
  /** Number of classes of the labels; 0 for a model without labels. Absent in records of version 0.1.0. */
  classes: z.int().min(0).optional(),
});
export type Capabilities = z.output<typeof capabilitiesSchema>;
