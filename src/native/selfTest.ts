import * as z from 'zod';
import { bindingFailed, runBinding } from './child';
import type { TensorFlowLocation } from './location';

const answerSchema = z.object({ version: z.string(), gpu: z.boolean(), product: z.array(z.number()) });

const PROGRAM = `
const tensor = (values) => binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array(values));
const attributes = [
  { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
];
const [result] = binding.executeOp('MatMul', attributes, [tensor([1, 2, 3, 4]), tensor([5, 6, 7, 8])], 1);
const product = [...binding.tensorDataSync(result.id)];
answer({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice(), product });
`;

/** The library's report after multiplying two matrices. Throws TensorFlowSetupError "self-test". */
export async function selfTest(
  location: TensorFlowLocation,
  signal?: AbortSignal,
): Promise<Pick<TensorFlowLocation, 'version' | 'device'>> {
  const answer = answerSchema.safeParse(await runBinding(PROGRAM, location, { signal }));
  if (!answer.success) throw bindingFailed('its answer is incomplete');
  const { version, gpu, product } = answer.data;
  if (product.join() !== '19,22,43,50') throw bindingFailed(`it multiplies wrongly (${product.join()})`);
  return { version, device: gpu ? 'gpu' : 'cpu' };
}
