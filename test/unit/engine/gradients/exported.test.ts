import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cases } from './cases';
import { constant, exported, machinery, shapes } from './exported';
import { comparisons, everyBackend, firstGradients, secondGradients, use, valuesOf } from './support';

const groups = ['image', 'linalg', 'losses', 'signal', 'spectral', 'fused', 'sparse', 'string'] as const;
const library = tf as unknown as Readonly<Record<string, unknown>>;

function operations(): string[] {
  const own = Object.keys(tf).filter((name) => typeof library[name] === 'function' && !/^[A-Z]/.test(name));
  const grouped = groups.flatMap((group) =>
    Object.keys(library[group] as object)
      .map((name) => `${group}.${name}`)
      .filter((name) => !own.includes(name.slice(name.indexOf('.') + 1)) || group !== 'spectral'),
  );
  return [...own, ...grouped];
}

describe('the operations that TensorFlow.js exports', () => {
  it('each is known to have right gradients, or none', () => {
    const known = new Set([...Object.keys(exported), ...constant, ...machinery]);
    expect(operations().filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !operations().includes(name))).toEqual([]);
  });

  it('each that is listed as covered has a case', () => {
    const missing = Object.values(exported).flatMap((known) =>
      'covered' in known && !Object.hasOwn(cases, known.covered) ? [known.covered] : [],
    );
    expect(missing).toEqual([]);
  });
});

describe.each(everyBackend)('on %s', (name) => {
  const own = Object.entries({ ...exported, ...shapes }).filter(([key, known]) => {
    if ('covered' in known) return false;
    return name !== 'cpu' || !/resize/.test(key); // wrong in plain JavaScript, whatever its gradient
  });

  it.each(own.map(([key]) => key))('%s has right gradients, or they are refused', async (key) => {
    await use(name);
    const known = exported[key] ?? shapes[key]!;
    if ('covered' in known) return;
    const { inputs } = known;
    const tensors = () => inputs.map((input, index) => tf.tensor(valuesOf(input, index), input.shape));
    const formula = 'refused' in known ? known.refused : known.formula;
    if ('refused' in known || ('refusedOn' in known && known.refusedOn === name)) {
      expect(problemOf(() => firstGradients(formula, tensors()))).toMatch(REFUSAL);
      return;
    }
    const once = 'first' in known;
    const compared = comparisons(formula, inputs, {
      ...(known.step !== undefined && { step: known.step }),
      once,
    });
    expect(compared.length).toBeGreaterThan(0);
    for (const { what, exact, finite, size } of compared) {
      const error = Math.abs(exact - finite);
      expect(error, `${what}: ${exact}, by differences ${finite}, of ${size}`).toBeLessThan(2e-3 * size + 2e-4);
    }
    if (once) expect(problemOf(() => secondGradients(formula, tensors()))).toMatch(REFUSAL);
  });
});

/** TensorFlow.js' own errors of operations that it cannot differentiate, or cannot compute, and ours. */
const REFUSAL = new RegExp(
  [
    'cannot be differentiated again|has no correct gradient|gradient function not found for|Cannot compute gradient',
    'TensorFlow.js has no|not registered for|Cannot read properties of undefined',
  ].join('|'),
);

/** What the error says, or that there was none. */
function problemOf(compute: () => unknown): string {
  let problem = 'no error';
  tf.tidy(() => {
    try {
      compute();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  });
  return problem;
}
