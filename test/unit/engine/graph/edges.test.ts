import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../../../src/engine';
import { compile } from '../../../../src/engine/graph/compile';
import { traceFunction } from '../../../../src/engine/graph/traceFunction';
import type { Program } from '../../../../src/engine/program';
import { stateOf } from '../../../../src/engine/state';

beforeAll(() => openBackend({ choice: 'tensorflow' }));

/** Sets each of its variables, and looks up rows of them, any of which TensorFlow may refuse. */
function program(variables: number, lookups: number): Program {
  const names = Array.from({ length: variables }, (_, index) => `v${index}`);
  return {
    variables: names.map((name) => ({ name, shape: [4], initializer: { kind: 'zeros' } })),
    functions: {
      step: {
        inputs: { rows: { shape: [2], dtype: 'int32', below: 4 } },
        body: (scope, { rows }) => {
          const found = Array.from({ length: lookups }, (_, index) =>
            tf.gather(scope.variable(names[index % variables]!), rows as tf.Tensor1D),
          );
          for (const name of names) scope.assign(name, tf.add(scope.variable(name), 1));
          return { sum: tf.addN(found) };
        },
      },
    },
  };
}

function compiled(of: Program) {
  const traced = { program: of, declared: stateOf(of) };
  const native = tf.findBackend('tensorflow') as NodeJSKernelBackend;
  const traces = new Map([['step', traceFunction(native, traced, 'step', of.functions['step']!)]]);
  return compile({ declared: traced.declared, functions: of.functions, traces, examples: undefined });
}

const edges = (variables: number, lookups: number) =>
  compiled(program(variables, lookups)).nodes.reduce((sum, { inputs }) => sum + inputs.length, 0);

// TensorFlow takes seconds for some hundred thousand edges, and these come quickly: 200 variables times 1,000 lookups.
it('edges of a graph grow with the sum of its variables and of what may fail, not with their product', () => {
  const none = edges(10, 10);
  const [variables, lookups, both] = [edges(30, 10), edges(10, 200), edges(30, 200)];
  expect(both - none).toBe(variables - none + (lookups - none));
});

// For each pair of equal operations that it merges, TensorFlow goes through the edges of what waits for them.
it('no node that updates wait for has more than some edges, and equal axes are one constant', () => {
  const { nodes } = compiled(program(3, 500));
  const barriers = nodes.filter(({ operation }) => operation === 'NoOp');
  expect(barriers.length).toBeGreaterThan(500 / 64);
  for (const { inputs } of barriers) expect(inputs.length).toBeLessThanOrEqual(64);
  expect(nodes.filter(({ operation }) => operation === 'GatherV2')).toHaveLength(500);
  expect(nodes.filter(({ operation }) => operation === 'Const').length).toBeLessThan(10);
});

it('every update waits for all that may fail, and for all that uses the value before it', () => {
  const { nodes } = compiled(program(3, 7 * 64));
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const before = (name: string, known = new Set<string>()): ReadonlySet<string> => {
    for (const input of byName.get(name)!.inputs) {
      const node = input.replace(/^\^|:\d+$/g, '');
      if (!known.has(node)) before(node, known.add(node));
    }
    return known;
  };
  const lookups = nodes.filter(({ operation }) => operation === 'GatherV2').map(({ name }) => name);
  const updates = nodes.filter(({ name, operation }) => operation === 'AssignVariableOp' && name.includes('/update'));
  expect([lookups.length, updates.length]).toEqual([7 * 64, 3]);
  for (const { name, inputs } of updates) {
    const users = nodes.filter(({ inputs: of }) => of.some((input) => byName.get(input)?.inputs[0] === inputs[0]));
    const readings = nodes.filter((node) => node.operation === 'ReadVariableOp' && node.inputs[0] === inputs[0]);
    const own = [...readings, ...users].filter((node) => node.name.startsWith('f0/')).map((node) => node.name);
    expect(own.length).toBeGreaterThan(2);
    expect([...before(name)]).toEqual(expect.arrayContaining([...lookups, ...own]));
  }
});
