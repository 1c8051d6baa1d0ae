import * as z from 'zod';
import '../jitless';
import type { SpecificationIssue } from '../specificationIssues';
import type { FamilyId } from '.';
import { ae } from './ae';
import { cgan } from './cgan';
import { cvae } from './cvae';
import { dcgan } from './dcgan';
import type { FamilyDefinition, FamilyMetrics, FamilyPreset } from './family';
import { gan } from './gan';
import type { Chosen } from './misfit';
import { unrolledGan } from './unrolledGan';
import { vae } from './vae';
import { wgan } from './wgan';
import { wganGp } from './wganGp';

const SCHEMAS = {
  ...{ vae, cvae, ae, gan, cgan, 'unrolled-gan': unrolledGan, dcgan, wgan, 'wgan-gp': wganGp },
} as const satisfies Record<FamilyId, FamilyDefinition>;

export const modelSchema = z
  .discriminatedUnion('family', [
    SCHEMAS.vae.schema,
    SCHEMAS.cvae.schema,
    SCHEMAS.ae.schema,
    SCHEMAS.gan.schema,
    SCHEMAS.cgan.schema,
    SCHEMAS['unrolled-gan'].schema,
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

/** The preset of the family of that id; undefined where it has none, or where there is no such family. */
export function presetOf(family: unknown, set?: unknown): FamilyPreset | undefined {
  const definitions: Readonly<Record<string, FamilyDefinition>> = SCHEMAS;
  return typeof family === 'string' && Object.hasOwn(definitions, family)
    ? definitions[family]!.preset?.(set)
    : undefined;
}

/** The metrics that an evaluation of the model logs. */
export function familyMetrics(model: ModelSpecification): FamilyMetrics {
  const definition: FamilyDefinition = SCHEMAS[model.family];
  // Each definition takes its own family's settings, which its row of the table guarantees and types cannot say of a union.
  return definition.metrics(model as never);
}

/** A data set that the model cannot learn; the trainer would refuse it, too, but only once it has started. */
export function familyIssue(model: ModelSpecification, chosen: Chosen): SpecificationIssue | undefined {
  const definition: FamilyDefinition = SCHEMAS[model.family];
  const misfit = definition.misfit?.(model as never, chosen);
  return misfit && { ...misfit, path: misfit.keys.join('.') };
}

/** The family that learns points which a user has drawn: its run shows how it does. */
export const DRAWN_FAMILY: FamilyId = 'gan';

/** What the family is, in a sentence. */
export function familyDescription(family: FamilyId): string {
  return SCHEMAS[family].schema.shape.family.description ?? '';
}

/** Whether models of the family are told the label of each example. */
export function familyNeedsLabels(family: FamilyId): boolean {
  const definitions: Readonly<Record<string, FamilyDefinition>> = SCHEMAS;
  return definitions[family]?.labeled ?? false;
}

/** Whether models of the family draw samples. */
export function familySamples({ family }: ModelSpecification): boolean {
  return SCHEMAS[family].samples;
}
