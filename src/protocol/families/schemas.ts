import * as z from 'zod';
import '../jitless';
import type { FamilyId } from '.';
import { ae } from './ae';
import { cgan } from './cgan';
import { cvae } from './cvae';
import { dcgan } from './dcgan';
import { withFamilyDefaults } from './defaults';
import type { FamilyDefinition, FamilyMetrics } from './family';
import { gan } from './gan';
import { vae } from './vae';
import { wgan } from './wgan';
import { wganGp } from './wganGp';

const SCHEMAS = { vae, cvae, ae, gan, cgan, dcgan, wgan, 'wgan-gp': wganGp } as const satisfies Record<
  FamilyId,
  FamilyDefinition
>;

export const modelSchema = z
  .discriminatedUnion('family', [
    SCHEMAS.vae.schema,
    SCHEMAS.cvae.schema,
    SCHEMAS.ae.schema,
    SCHEMAS.gan.schema,
    SCHEMAS.cgan.schema,
    SCHEMAS.dcgan.schema,
    SCHEMAS.wgan.schema,
    SCHEMAS['wgan-gp'].schema,
  ])
  .describe('Model to train: its family and the settings of that family.');
export type ModelSpecification = z.output<typeof modelSchema>;

/** Names of the model's optimizers; empty for a model with a single, unnamed one. */
export function familyOptimizers({ family }: ModelSpecification): readonly string[] {
  const definition: FamilyDefinition = SCHEMAS[family];
  return definition.optimizers ?? [];
}

/** The metrics that an evaluation of the model logs. */
export function familyMetrics(model: ModelSpecification): FamilyMetrics {
  const definition: FamilyDefinition = SCHEMAS[model.family];
  return definition.metrics(model as never);
}

/** Whether models of the family draw samples. */
export function familySamples({ family }: ModelSpecification): boolean {
  return SCHEMAS[family].samples;
}

/** A new specification, not yet decoded, with the defaults of its family. */
export function completed(value: unknown): unknown {
  return withFamilyDefaults(value, SCHEMAS);
}
