import { describe, expect, it } from 'vitest';
import { byteCount, missingData } from '../../../src/common/byteCount';

describe('byteCount', () => {
  it('states large numbers both in a unit and exactly, small ones as they are', () => {
    expect([1, 999, 8_424_860, 27_600_000_000].map(byteCount)).toEqual([
      '1 byte',
      '999 bytes',
      '8.4 MB (8,424,860 bytes)',
      '28 GB (27,600,000,000 bytes)',
    ]);
  });

  it('states the missing bytes in a sentence that is also grammatical for one byte', () => {
    expect([missingData(1), missingData(4)]).toEqual(['1 byte of data is missing', '4 bytes of data are missing']);
  });
});
