import { tensorFlowStatus, type TensorFlowStatus } from '../native';

/** The status of native TensorFlow for a trainer that is started with these additional environment variables. */
export async function tensorFlowState(
  environment: Readonly<Record<string, string>>,
): Promise<TensorFlowStatus['state']> {
  return (await tensorFlowStatus({ ...process.env, ...environment })).state;
}
