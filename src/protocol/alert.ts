import * as z from 'zod';
import './jitless';

/** A sign that training goes wrong, as a trainer raised it. */
export const alertSchema = z.object({
  /** Which one ("mode-collapse"); a run has at most one of a name that is not cleared. */
  name: z.string().max(100),
  title: z.string().max(200),
  /** Finished updates when it was raised. */
  step: z.int().min(0),
  /** Finished updates when it no longer held; absent while it does. */
  cleared: z.int().min(0).optional(),
  /** What was measured, as a sentence. */
  text: z.string().max(1_000),
  /** What usually helps, as a sentence. */
  advice: z.string().max(1_000),
  /** A hyperparameter that does so, and the value that it should get. */
  remedy: z.object({ name: z.string().max(200), title: z.string().max(200), value: z.number() }).optional(),
});
export type Alert = z.output<typeof alertSchema>;
