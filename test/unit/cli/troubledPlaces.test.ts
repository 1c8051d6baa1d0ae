import { access, appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resume, steer } from '../../../src/cli/commands';
import { Interruption } from '../../../src/cli/interruption';
import { Output } from '../../../src/cli/output';
import { checkOut, withRunsAdvice } from '../../../src/cli/targets';
import { UsageError } from '../../../src/cli/usageError';
import { logSize, watchRun } from '../../../src/cli/watch';
import { openForAppending } from '../../../src/runs/boundedRead';
import { secretPath, socketPath } from '../../../src/process/runtimeFolder';
import { createSecret } from '../../../src/process/secret';
import { createRun } from '../../../src/runs/directory';
import { RunLock } from '../../../src/runs/lock';
import { temporaryFolder, temporaryRun, vae } from '../runs/support/runs';

vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  return { ...actual, access: vi.fn(actual.access) };
});
vi.mock(import('../../../src/runs/boundedRead'), async (original) => {
  const actual = await original();
  return { ...actual, openForAppending: vi.fn(actual.openForAppending) };
});

function heard() {
  const lines: string[] = [];
  const sink = { write: (text: string) => lines.push(text) > 0 };
  return { output: new Output(false, sink, sink), said: () => lines.join('') };
}

describe('a folder in which no run can be created', () => {
  it('is named with the reason and how to choose another one', async () => {
    // The kernel's own file system lets nobody make a folder.
    const failure = withRunsAdvice(await createRun('/sys/runs', vae()).catch((error: unknown) => error));
    expect((failure as Error).message).toMatch(
      /^The folder \/sys\/runs cannot be created: (permission denied|the disk is read-only)\. .*--runs FOLDER$/,
    );
    const within = withRunsAdvice(await createRun('/sys', vae(), { name: 'a' }).catch((error: unknown) => error));
    expect((within as Error).message).toMatch(/^No run can be created in \/sys: .*--runs FOLDER$/);
  });
});

describe('a place for a result that cannot be written to', () => {
  it('is named before the work is done', async () => {
    const folder = await temporaryFolder();
    const out = path.join(folder, 'x.png');
    await checkOut(out);
    // Root, who runs some of these tests, may write everywhere.
    vi.mocked(access).mockRejectedValueOnce(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    await expect(checkOut(out)).rejects.toThrow(
      `${folder} cannot be written to: permission denied. Choose another place with --out.`,
    );
  });
});

describe('latent resume', () => {
  it('says for a read-only run how to continue elsewhere', async () => {
    const run = await temporaryRun();
    vi.mocked(openForAppending).mockRejectedValueOnce(Object.assign(new Error('EROFS'), { code: 'EROFS' }));
    await expect(resume(run.path, { runs: 'runs', set: [] }, heard().output)).rejects.toThrow(
      new RegExp(
        `nothing can be written to ${run.path}: the disk is read-only\\..* latent resume --from ${run.path} --runs`,
      ),
    );
  });

  it('says without a trainer how to start one, with the folder quoted for the shell', async () => {
    const run = await temporaryRun();
    const folder = path.join(path.dirname(run.path), 'my run');
    await rename(run.path, folder);
    await expect(steer('pause', folder, { runs: 'runs' }, heard().output)).rejects.toThrow(
      `Start it with: latent resume '${folder}'`,
    );
  });
});

describe('latent resume --without-last-edit', () => {
  it('of a run that never began is refused before anything is started, and leaves it as it is', async () => {
    const run = await temporaryRun();
    const options = { runs: 'runs', set: ['beta=2'], withoutLastEdit: true };
    await expect(resume(run.path, options, heard().output)).rejects.toThrow(UsageError);
    expect((await run.readRecord()).status).toBe('created');
  });
});

describe('a trainer that could not write down how it ended', () => {
  it('is quoted from its log, without the output of earlier trainers and TensorFlow’s startup messages', async () => {
    const run = await temporaryRun();
    await writeFile(run.logPath, 'words of an earlier trainer\n');
    const before = await logSize(run);
    await appendFile(
      run.logPath,
      'I0000 00:00:1795251358.7  25545 port.cc:153] oneDNN\nrun.json could not be written\n',
    );
    const { output, said } = heard();
    expect(await watchRun(run, output, new Interruption(), before)).toBe(1);
    expect(said()).toMatch(/ended with this message:\nrun\.json could not be written\n.*latent resume/);
    expect(said()).not.toMatch(/earlier|oneDNN/);
  });

  it('is reported as having left no message, if so', async () => {
    const { output, said } = heard();
    await watchRun(await temporaryRun(), output, new Interruption());
    expect(said()).toMatch(/ended without a message \(killed\?\)/);
  });

  it('is also reported if killed during the handshake, but not if alive and silent', async () => {
    const run = await temporaryRun();
    const record = await run.readRecord();
    await run.writeRecord({ ...record, status: 'running' });
    await createSecret(record.id);
    const server = createServer((socket) => socket.destroy());
    const address = await socketPath(record.id);
    await new Promise<void>((resolve) => server.listen(address, resolve));
    onTestFinished(async () => {
      server.close();
      await rm(await secretPath(record.id));
    });
    const { output, said } = heard();
    const lock = await RunLock.acquire(run, record.id);
    await expect(watchRun(run, output, new Interruption())).rejects.toThrow(/silent/);
    await lock.release();
    expect(await watchRun(run, output, new Interruption())).toBe(1);
    expect(said()).toMatch(/ended without a message \(killed\?\)/);
  });
});
