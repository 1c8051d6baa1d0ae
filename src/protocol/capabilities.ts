import * as z from 'zod';
import './jitless';

/** What the model learns: images with values in [0, 1], or points with `size` coordinates. */
export const dataShapeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), shape: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]) }),
  z.object({ kind: z.literal('points'), size: z.int().min(1) }),
]);
export type DataShape = z.output<typeof dataShapeSchema>;

/**
 * What can be asked of a trained model. Its family declares it; it is stored in `run.json` and in each checkpoint, and is
 * all that host, views and command line know of a family.
 */
export const capabilitiesSchema = z.object({
  /** Absent from what version 0.1.0 wrote. */
  data: dataShapeSchema.optional(),
  /** How a sample is drawn: in one pass, or element by element, each given those before it. */
  sampling: z.enum(['once', 'sequential']).nullable(),
  /** What is known of log p(x): its value, an estimate by importance sampling, or a bound only. */
  likelihood: z.enum(['exact', 'importance', 'bound']).nullable(),
  latent: z
    .object({
      size: z.int().min(1),
      /** p(z) that samples are decoded from; null where nothing says how latents are distributed. */
      prior: z.enum(['normal', 'uniform', 'sphere', 'codebook']).nullable(),
      /** What an example is encoded to: q(z|x) = N(μ, diag σ²), a vector, or indices of a codebook. */
      encodes: z.enum(['gaussian', 'point', 'codes']).nullable(),
      decodes: z.boolean(),
    })
    .nullable(),
  /** How many classes labels tell apart; 0 where the model takes none. Absent where version 0.1.0 does not tell. */
  classes: z.int().min(0).optional(),
});
export type Capabilities = z.output<typeof capabilitiesSchema>;
