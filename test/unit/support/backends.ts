export type TestedBackend = 'tensorflow' | 'wasm';

/** Why native TensorFlow is left out of this run of the tests, or undefined. */
export const WITHOUT_TENSORFLOW = process.env['LATENT_STUDIO_NO_TENSORFLOW'];

/**
 * The backends that tests run on. Native TensorFlow is set up before the tests are started, so its absence is a failure and
 * no reason to test less; whoever cannot have it says so with LATENT_STUDIO_NO_TENSORFLOW=<why>.
 */
export function backends(): TestedBackend[] {
  if (WITHOUT_TENSORFLOW) {
    process.stderr.write(`Not tested on native TensorFlow: ${WITHOUT_TENSORFLOW}\n`);
    return ['wasm'];
  }
  return ['tensorflow', 'wasm'];
}

export interface RunnerKind {
  readonly title: string;
  readonly choice: TestedBackend;
  readonly mode: 'compiled' | 'eager';
}

/** The ways in which a program can run. */
export function runnerKinds(): RunnerKind[] {
  return backends().flatMap((choice) => {
    const modes = choice === 'tensorflow' ? (['compiled', 'eager'] as const) : (['eager'] as const);
    return modes.map((mode) => ({ title: `${choice}, ${mode}`, choice, mode }));
  });
}
