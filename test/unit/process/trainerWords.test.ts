import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../src/process/trainerWords';

/** As TensorFlow 2.21 and earlier ones print them. */
const STARTUP = [
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
  'I0000 00:00:1795251358.710574   25545 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results.',
  '2025-03-01 10:11:12.131415: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary is optimized to use available CPU instructions.',
  'To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with the appropriate compiler flags.',
];

describe('the shown output of a trainer that ended', () => {
  it('leaves out what TensorFlow says of itself at every start', () => {
    expect(wordsOf(`${STARTUP.join('\n')}\n`)).toBe('');
    expect(wordsOf([...STARTUP, 'The data are damaged.', ''].join('\r\n'))).toBe('The data are damaged.');
  });

  it('keeps errors of TensorFlow, and the lines of ours around them', () => {
    const error = 'E0000 00:00:1795251358.710574   25545 cuda_executor.cc:1228] INTERNAL: no device';
    expect(wordsOf(['I am ready.', STARTUP[1], error].join('\n'))).toBe(`I am ready.\n${error}`);
  });
});
