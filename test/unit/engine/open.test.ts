import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackendError, openBackend } from '../../../src/engine';
import { BINDING, encodeManifest, MANIFEST, setupFolder } from '../../../src/native/location';
import { WITHOUT_TENSORFLOW } from '../support/backends';
import { temporaryFolder } from '../support/temporaryFolder';

afterEach(() => vi.unstubAllEnvs());

describe('opening a backend', () => {
  it('takes WebAssembly where TensorFlow is not set up, says so, and refuses TensorFlow by name', async () => {
    vi.stubEnv('LATENT_STUDIO_CACHE', await temporaryFolder());
    vi.stubEnv('LATENT_STUDIO_TENSORFLOW', '');
    const { info } = await openBackend({ choice: 'auto' });
    expect(info).toMatchObject({ name: 'wasm', description: 'WebAssembly SIMD', flags: { tensorflow: 'not set up' } });
    await expect(openBackend({ choice: 'tensorflow' })).rejects.toMatchObject({
      name: BackendError.name,
      next: expect.stringMatching(/Set Up TensorFlow/) as string,
    });
  });

  it('takes WebAssembly where the library does not load, and keeps the reason', async () => {
    vi.stubEnv('LATENT_STUDIO_CACHE', await temporaryFolder());
    vi.stubEnv('LATENT_STUDIO_TENSORFLOW', '');
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '1');
    const folder = setupFolder('wheel');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, BINDING), 'no library');
    const files = [{ path: BINDING, size: 10 }];
    const manifest = {
      version: '2.21.0',
      device: 'cpu',
      source: 'wheel',
      libraryFolder: '.',
      binding: BINDING,
      files,
    } as const;
    await writeFile(path.join(folder, MANIFEST), encodeManifest(manifest));
    const { info } = await openBackend({ choice: 'auto' });
    expect(info.name).toBe('wasm');
    expect(info.flags['tensorflow']).toMatch(/could not be loaded/);
    await expect(openBackend({ choice: 'tensorflow' })).rejects.toThrow(/could not be loaded/);
  });

  it.skipIf(WITHOUT_TENSORFLOW)('says what runs, with the threads that were settled before', async () => {
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '1');
    const { info } = await openBackend({ choice: 'auto' });
    expect(info).toMatchObject({ name: 'tensorflow', flags: { threads: '1', oneDNN: 'on', tfjs: '4.22.0' } });
    expect(info.version).toMatch(/^2\.\d+\.\d+/);
    expect(info.description.startsWith(`TensorFlow ${info.version} `)).toBe(true);
    expect(info.device).not.toBe('');
  });
});
