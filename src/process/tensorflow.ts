import { tensorFlowStatus, type TensorFlowStatus } from '../native';

/** How native TensorFlow stands for a trainer that is started with these variables added to ours. */
export async function tensorFlowState(
  environment: Readonly<Record<string, string>>,
): Promise<TensorFlowStatus['state']> {
  return (await tensorFlowStatus({ ...process.env, ...environment })).state;
}
