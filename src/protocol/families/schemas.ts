import * as z from 'zod';
import '../jitless';
import type { FamilyId } from '.';
import { ae } from './ae';
import { cvae } from './cvae';
import type { FamilyDefinition, FamilyMetrics } from './family';
import { vae } from './vae';

const SCHEMAS = { vae, cvae, ae } as const satisfies Record<FamilyId, FamilyDefinition>;

export const modelSchema = z
  .discriminatedUnion('family', [SCHEMAS.vae.schema, SCHEMAS.cvae.schema, SCHEMAS.ae.schema])
  .describe('Model to train: its family and the settings of that family.');
export type ModelSpecification = z.output<typeof modelSchema>;

/** Names of the model's optimizers; empty for a model with a single, unnamed one. */
export function familyOptimizers({ family }: ModelSpecification): readonly string[] {
  const definition: FamilyDefinition = SCHEMAS[family];
  return definition.optimizers ?? [];
}

/** The metrics that an evaluation of the model logs. */
export function familyMetrics(model: ModelSpecification): FamilyMetrics {
  const { metrics } = SCHEMAS[model.family];
  return metrics(model);
}
