import * as z from 'zod';

/** What a run of the benchmark leaves behind: enough to print the tables and draw the chart again. */
const outcomeSchema = z.union([
  z.object({ contender: z.string(), title: z.string(), failure: z.string() }),
  z.object({
    contender: z.string(),
    title: z.string(),
    description: z.string(),
    threads: z.int().positive(),
    millisecondsByThreads: z.record(z.string(), z.number()),
    firstStep: z.number(),
    losses: z.array(z.number().nullable()).readonly(),
    rounds: z.array(z.number().positive()).min(1).readonly(),
    /** Why its figures count for nothing, where it computes something else than the others. */
    disagreement: z.string().optional(),
  }),
]);

const modelResultSchema = z.object({
  model: z.string(),
  title: z.string(),
  outcomes: z.array(outcomeSchema),
  /** The machine's load before and after. */
  load: z.tuple([z.number(), z.number()]),
});

export const resultSchema = z.object({
  machine: z.object({
    processor: z.string(),
    cores: z.int(),
    gibibytes: z.number(),
    node: z.string(),
    gpu: z.string().optional(),
  }),
  date: z.string(),
  batch: z.int(),
  rounds: z.int(),
  models: z.array(modelResultSchema),
});

export type OutcomeResult = z.output<typeof outcomeSchema>;
export type MeasuredResult = Extract<OutcomeResult, { readonly rounds: readonly number[] }>;
export type ModelResult = z.output<typeof modelResultSchema>;
export type TrainingResult = z.output<typeof resultSchema>;

/** The contender's figures, if it has any that count. */
export function countingOutcome({ outcomes }: ModelResult, contender: string): MeasuredResult | undefined {
  const outcome = outcomes.find((candidate) => candidate.contender === contender);
  return outcome && 'rounds' in outcome && outcome.disagreement === undefined ? outcome : undefined;
}
