import * as z from 'zod';
import '../jitless';
import type { FamilyId } from '.';
import { ae } from './ae';
import { cvae } from './cvae';
import type { FamilyMetrics } from './family';
import { vae } from './vae';

const SCHEMAS = { vae, cvae, ae } as const satisfies Record<FamilyId, unknown>;

export const modelSchema = z
  .discriminatedUnion('family', [SCHEMAS.vae.schema, SCHEMAS.cvae.schema, SCHEMAS.ae.schema])
  .describe('Model to train: its family and the settings of that family.');
export type ModelSpecification = z.output<typeof modelSchema>;

/** What an evaluation of the model logs. */
export function familyMetrics(model: ModelSpecification): FamilyMetrics {
  const { metrics } = SCHEMAS[model.family];
  return metrics(model);
}
