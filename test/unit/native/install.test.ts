import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, readdir, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { installTensorFlow, locateTensorFlow, tensorFlowStatus, type Progress } from '../../../src/native';
import { provideBinding } from '../../../src/native/binding';
import { checkSpace } from '../../../src/native/download';
import { asSetupError } from '../../../src/native/error';
import { BINDING, setupFolder } from '../../../src/native/location';
import { findInstalledTensorFlow } from '../../../src/native/python';
import { unpackWheel } from '../../../src/native/unpack';
import { libraryNames, wheelFor } from '../../../src/native/wheels';
import { WITHOUT_TENSORFLOW } from '../support/backends';
import { temporaryFolder } from '../support/temporaryFolder';

const execute = promisify(execFile);
const names = libraryNames()!;

vi.mock(import('../../../src/native/binding'), async (original) => {
  const actual = await original();
  return { ...actual, provideBinding: vi.fn(actual.provideBinding) };
});

afterEach(() => vi.unstubAllEnvs());

/** An empty cache, and nothing of the machine's own TensorFlow. */
async function emptyCache(): Promise<string> {
  const cache = await temporaryFolder();
  vi.stubEnv('LATENT_STUDIO_CACHE', cache);
  vi.stubEnv('LATENT_STUDIO_TENSORFLOW', '');
  vi.stubEnv('LATENT_STUDIO_PYTHON', '');
  return cache;
}

/** A program that answers as Python does when it is asked about itself, and fails at everything else. */
async function fakePython(answer: { pip: boolean; folders?: string[] }, failure = 'No route to host'): Promise<string> {
  const file = path.join(await temporaryFolder(), 'python3');
  const line = JSON.stringify({ version: '3.11.0', folders: [], ...answer });
  await writeFile(file, `#!/bin/sh\nif [ "$2" = -c ]; then echo '${line}'; else echo "${failure}" >&2; exit 1; fi\n`);
  await chmod(file, 0o755);
  return file;
}

async function fakePackage(version: string, metadata = `tensorflow_cpu-${version}.dist-info`): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'tensorflow'));
  for (const name of [names.functions, names.framework])
    await writeFile(path.join(folder, 'tensorflow', name), 'no library');
  await mkdir(path.join(folder, metadata));
  return folder;
}

describe('setting TensorFlow up, without it,', () => {
  it('says that Python is missing and how to get it', async () => {
    await emptyCache();
    vi.stubEnv('PATH', '/nowhere');
    const failure = await installTensorFlow().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'python', next: expect.stringMatching(/apt install python3/) as string });
  });

  it('says that pip is missing', async () => {
    await emptyCache();
    const failure = await installTensorFlow({ python: await fakePython({ pip: false }) }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'pip', message: expect.stringMatching(/3\.11\.0\) has none/) as string });
  });

  it('names a chosen Python that does not run', async () => {
    await emptyCache();
    await expect(installTensorFlow({ python: '/no/python' })).rejects.toThrow(
      /\/no\/python, does not run: it does not exist\.$/,
    );
  });

  it('says that a chosen program is not a Python', async () => {
    await emptyCache();
    const other = path.join(await temporaryFolder(), 'other');
    await writeFile(other, '#!/bin/sh\n', { mode: 0o755 });
    await expect(installTensorFlow({ python: other })).rejects.toThrow(/other, does not run: it is not a Python\.$/);
  });

  it('does not blame the network for a disk that is full, from any source', async () => {
    const cache = await emptyCache();
    const python = await fakePython({ pip: true }, 'OSError: [Errno 28] No space left on device');
    const full = { code: 'disk', message: expect.stringMatching(/disk of .* is full/) as string };
    await expect(installTensorFlow({ python })).rejects.toMatchObject(full);
    const write = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(asSetupError(write, cache)).toMatchObject({
      ...full,
      next: expect.stringMatching(/LATENT_STUDIO_CACHE/) as string,
    });
  });

  it('says how much room there is, however little, and how much it needs', async () => {
    await expect(checkSpace(await temporaryFolder(), Number.MAX_SAFE_INTEGER)).rejects.toThrow(
      /needs 9,007,199,254 MB in .* and [\d,]+ MB are free/,
    );
  });

  it('says what cannot be used in the cache, and why', () => {
    const denied = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/c/downloads' });
    expect(asSetupError(denied, '/c')).toMatchObject({
      code: 'disk',
      message: 'TensorFlow cannot be kept in /c: /c/downloads cannot be used: permission denied.',
    });
  });

  it('gives pip’s own words when nothing can be fetched, and leaves no lock and no partial file', async () => {
    const cache = await emptyCache();
    const failure = await installTensorFlow({ python: await fakePython({ pip: true }) }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'download', message: expect.stringMatching(/No route to host/) as string });
    expect(await readdir(cache, { recursive: true })).toEqual(['downloads']);
  });

  it('stops when cancelled', async () => {
    await emptyCache();
    const python = await fakePython({ pip: true });
    await expect(installTensorFlow({ python, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('continues to the wheel when Python’s own TensorFlow cannot be loaded, and says why', async () => {
    await emptyCache();
    const python = await fakePython({ pip: true, folders: [await fakePackage('2.20.0')] });
    const progress: Progress[] = [];
    const failure = await installTensorFlow({ python, onProgress: (p) => progress.push(p) }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'download' });
    const skipped = progress.filter(({ stage }) => stage === 'skipped');
    expect(skipped.map((p) => p.message).join('\n')).toMatch(/Python’s TensorFlow 2\.20\.0 is not used/);
    expect(await locateTensorFlow()).toBeUndefined();
  });

  it('refuses a folder without the libraries', async () => {
    await emptyCache();
    vi.stubEnv('LATENT_STUDIO_TENSORFLOW', await temporaryFolder());
    await expect(installTensorFlow()).rejects.toMatchObject({ code: 'library' });
  });

  it('says in the status that WebAssembly is used', async () => {
    await emptyCache();
    expect(await tensorFlowStatus()).toMatchObject({
      state: 'missing',
      summary: expect.stringMatching(/WebAssembly/) as string,
    });
  });
});

describe('a Python’s TensorFlow', () => {
  const python = (folder: string) => ({
    program: 'python3',
    version: '3',
    hasPip: true,
    packageFolders: ['/no', folder],
  });

  it.each(['tensorflow-2.20.0.dist-info', 'tensorflow_cpu-2.20.0.dist-info', 'tensorflow_gpu-2.20.0.dist-info'])(
    'is found by its files and %s',
    async (metadata) => {
      const folder = await fakePackage('', metadata);
      const found = await findInstalledTensorFlow(python(folder));
      expect(found).toEqual({ libraryFolder: path.join(folder, 'tensorflow'), version: '2.20.0' });
    },
  );

  it('needs both libraries and the metadata of TensorFlow itself', async () => {
    expect(
      await findInstalledTensorFlow(python(await fakePackage('', 'tensorflow_datasets-4.9.dist-info'))),
    ).toBeUndefined();
    const half = await fakePackage('2.20.0');
    await rename(path.join(half, 'tensorflow', names.framework), path.join(half, 'elsewhere'));
    expect(await findInstalledTensorFlow(python(half))).toBeUndefined();
  });
});

describe('unpacking a wheel', () => {
  /** A zip file with members of the given names, written by Python. */
  async function wheelWith(...members: string[]) {
    const file = path.join(await temporaryFolder(), 'a.whl');
    const program =
      'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w")\nfor n in sys.argv[2:]: z.writestr(n, n)\nz.close()';
    await execute('python3', ['-I', '-c', program, file, ...members]);
    return file;
  }
  const python = { program: 'python3', version: '3', hasPip: true, packageFolders: [] };
  const wheel = wheelFor('linux-x64')!;

  it('takes libraries, headers and notices, and nothing else', async () => {
    const target = path.join(await temporaryFolder(), 'tf');
    const file = await wheelWith(
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/include/tensorflow/c/c_api.h',
      'tensorflow/THIRD_PARTY_NOTICES.txt',
      'tensorflow/python/code.py',
      'other/libtensorflow_cc.so.2',
    );
    await unpackWheel(wheel, file, python, target);
    expect((await readdir(target, { recursive: true })).filter((name) => path.extname(name)).sort()).toEqual([
      'THIRD_PARTY_NOTICES.txt',
      'include/tensorflow/c/c_api.h',
      'libtensorflow_cc.so.2',
    ]);
  });

  it('refuses a member that would leave the folder', async () => {
    const root = await temporaryFolder();
    const file = await wheelWith('tensorflow/include/tensorflow/c/../../../../../escaped.h');
    await expect(unpackWheel(wheel, file, python, path.join(root, 'tf'))).rejects.toThrow(/refused/);
    expect(await readdir(root)).toEqual([]);
  });
});

describe.skipIf(WITHOUT_TENSORFLOW)('setting TensorFlow up from libraries that are there', () => {
  it('compiles the binding for a named folder, used in place, and notices when a file changes', async () => {
    const { libraryFolder, version } = (await locateTensorFlow())!;
    await emptyCache();
    const chosen = await temporaryFolder();
    for (const name of [names.functions, names.framework, 'include']) {
      await symlink(path.join(libraryFolder, name), path.join(chosen, name));
    }
    vi.stubEnv('LATENT_STUDIO_TENSORFLOW', chosen);
    const stages: string[] = [];
    const location = await installTensorFlow({ onProgress: ({ stage }) => stages.push(stage) });
    expect(location).toMatchObject({ libraryFolder: chosen, version, source: 'folder', device: 'cpu' });
    expect(stages).toEqual(['binding', 'self-test']);
    expect(await locateTensorFlow()).toEqual(location);
    // operator delete(void*, unsigned long): told a wrong size by the binding's sources, it breaks jemalloc's heap.
    const compiled = await readFile(location.binding);
    expect([compiled.includes('_ZdlPv'), compiled.includes('_ZdlPvm')]).toEqual([true, false]);

    await truncate(location.binding, 100);
    expect(await locateTensorFlow()).toBeUndefined();
  });

  it('continues after unpacking when it was interrupted there, without pip', async () => {
    const { binding, libraryFolder, version } = (await locateTensorFlow())!;
    // To compile takes many seconds, and the test above does it.
    vi.mocked(provideBinding).mockImplementationOnce(async (folder) => {
      const target = path.join(folder, BINDING);
      await copyFile(binding, target);
      return target;
    });
    await emptyCache();
    const staging = `${setupFolder('wheel')}.new`;
    await mkdir(staging, { recursive: true });
    for (const name of [names.functions, names.framework, 'include']) {
      await symlink(path.join(libraryFolder, name), path.join(staging, name));
    }
    await writeFile(path.join(staging, 'unpacked'), '');
    const location = await installTensorFlow({ python: await fakePython({ pip: true }) });
    expect(location).toMatchObject({ libraryFolder: setupFolder('wheel'), version, source: 'wheel' });
  });
});
