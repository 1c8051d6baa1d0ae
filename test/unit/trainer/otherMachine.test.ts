import { describe, expect, it } from 'vitest';
import { refuseOtherMachine } from '../../../src/trainer/workbench/otherMachine';

describe('data on another machine', () => {
  it.each(['\\\\evil\\share\\data', '//evil/share', '\\/evil\\share', '\\\\?\\UNC\\evil\\share\\x', '\\\\.\\pipe\\x'])(
    'are not looked for because a file says %s',
    (data) => {
      for (const own of ['C:\\work\\runs\\a', '/home/me/runs/a', '\\\\server\\home\\runs\\a']) {
        expect(() => refuseOtherMachine(data, own)).toThrow(/another machine.*drive letter/s);
      }
    },
  );

  it('are read where the run lies on the same share', () => {
    refuseOtherMachine('\\\\Server\\Home\\data', '\\\\server\\home\\runs\\a');
    expect(() => refuseOtherMachine('\\\\server\\other\\data', '\\\\server\\home\\runs\\a')).toThrow();
  });

  it('are not meant by any other path', () => {
    for (const data of [undefined, 'C:\\data', '/data', 'data\\mnist', './data']) refuseOtherMachine(data, '/runs/a');
  });
});
