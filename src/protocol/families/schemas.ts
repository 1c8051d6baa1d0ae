import * as z from 'zod';
import '../jitless';
import type { FamilyId } from '.';
import { ae } from './ae';
import { cvae } from './cvae';
import type { FamilyDefinition, FamilyMetrics, FamilyPreset } from './family';
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

/** The preset of the family of that id; undefined where it has none, or where there is no such family. */
export function presetOf(family: unknown): FamilyPreset | undefined {
  const definitions: Readonly<Record<string, FamilyDefinition>> = SCHEMAS;
  return typeof family === 'string' && Object.hasOwn(definitions, family) ? definitions[family]!.preset : undefined;
}

/** The metrics that an evaluation of the model logs. */
export function familyMetrics(model: ModelSpecification): FamilyMetrics {
  const definition: FamilyDefinition = SCHEMAS[model.family];
  // Each definition takes its own family's settings, which its row of the table guarantees and types cannot say of a union.
  return definition.metrics(model as never);
}
