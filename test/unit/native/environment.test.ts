import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyTensorFlowSettings, trainerEnvironment, type TensorFlowLocation } from '../../../src/native';
import { temporaryFolder } from '../support/temporaryFolder';

const location: TensorFlowLocation = {
  binding: '/tf/tfjs_binding.node',
  libraryFolder: '/tf',
  version: '2.21.0',
  device: 'cpu',
  source: 'wheel',
};

describe('trainerEnvironment', () => {
  it('turns oneDNN on and puts the libraries in front', () => {
    const environment = trainerEnvironment(location, { LD_LIBRARY_PATH: '/own', HOME: '/h' });
    expect(environment).toMatchObject({ TF_ENABLE_ONEDNN_OPTS: '1', LD_LIBRARY_PATH: '/tf:/own', HOME: '/h' });
  });

  it('leaves settings alone that the user has made', () => {
    expect(trainerEnvironment(location, { TF_ENABLE_ONEDNN_OPTS: '0' })['TF_ENABLE_ONEDNN_OPTS']).toBe('0');
  });

  it('asks a GPU, and no CPU, for the same bits at every call, unless the user has said otherwise', () => {
    const gpu = { ...location, device: 'gpu' } as const;
    expect(trainerEnvironment(gpu, {})['TF_DETERMINISTIC_OPS']).toBe('1');
    expect(trainerEnvironment(gpu, { TF_DETERMINISTIC_OPS: '0' })['TF_DETERMINISTIC_OPS']).toBe('0');
    expect(trainerEnvironment(location, {})).not.toHaveProperty('TF_DETERMINISTIC_OPS');
  });

  it('drops relative library folders, which would depend on where the process runs', () => {
    expect(trainerEnvironment(location, { LD_LIBRARY_PATH: ':lib:/own' })['LD_LIBRARY_PATH']).toBe('/tf:/own');
  });

  it('pins threads only when told to, overriding inherited variables', () => {
    expect(trainerEnvironment(location, {})).not.toHaveProperty('TF_NUM_INTRAOP_THREADS');
    const pinned = trainerEnvironment(location, { TF_NUM_INTRAOP_THREADS: '8' }, { threads: 2 });
    expect(pinned).toMatchObject({ TF_NUM_INTRAOP_THREADS: '2', OMP_NUM_THREADS: '2' });
  });

  it('finds CUDA’s libraries beside a Python TensorFlow', async () => {
    const packages = await temporaryFolder();
    await mkdir(path.join(packages, 'nvidia', 'cudnn', 'lib'), { recursive: true });
    await mkdir(path.join(packages, 'nvidia', 'empty'), { recursive: true });
    const python = { ...location, source: 'python', libraryFolder: path.join(packages, 'tensorflow') } as const;
    expect(trainerEnvironment(python, {})['LD_LIBRARY_PATH']?.split(':')).toEqual([
      path.join(packages, 'tensorflow'),
      path.join(packages, 'nvidia', 'cudnn', 'lib'),
    ]);
  });
});

describe('applyTensorFlowSettings', () => {
  it('sets only unset variables, but the threads in any case', () => {
    const environment: NodeJS.ProcessEnv = { TF_ENABLE_ONEDNN_OPTS: '0', TF_NUM_INTRAOP_THREADS: '8' };
    applyTensorFlowSettings({ threads: 1 }, environment);
    expect(environment).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '0',
      TF_NUM_INTRAOP_THREADS: '1',
      TF_CPP_MIN_LOG_LEVEL: '1',
    });
  });
});
