import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { RunFolder } from './support/runFolder';
import { Studio } from './support/studio';
import { RunView } from './support/views';
import type { Workbench } from './support/workbench';

const pictures = '/tmp/al/look';

describe('alerts', { timeout: 240_000 }, () => {
  let studio: Studio;
  let workbench: Workbench;

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    studio = await Studio.ofCheckout();
    workbench = await studio.open();
  }, 300_000);

  afterAll(async () => {
    for (const each of await RunFolder.all(studio.workspace)) await each.stop();
    await studio.close();
  }, 60_000);

  it('look', async () => {
    const adam = (learningRate: number) => ({ optimizer: { kind: 'adam', learningRate, beta1: 0.5 } });
    const spec = path.join(studio.workspace, 'won.latent.json');
    await writeFile(
      spec,
      JSON.stringify({
        name: 'won',
        model: { family: 'gan', objective: 'minimax' },
        data: { set: 'ring' },
        training: { epochs: 400, optimizers: { generator: adam(1e-6), discriminator: adam(1e-2) } },
        logging: { evaluate: 500 },
      }),
    );
    spawn(process.execPath, ['dist/cli.cjs', 'train', spec, '--runs', path.join(studio.workspace, 'runs')], {
      stdio: 'ignore',
    });
    await workbench.page.locator('.notifications-toasts').getByText('Discriminator won').waitFor({ timeout: 90_000 });
    await workbench.screenshot(path.join(pictures, 'toast.png'));
    await workbench.command('Latent Studio: Open Run');
    await workbench.page.keyboard.press('Enter').catch(() => undefined);
    await RunView.find(workbench);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    for (const theme of ['Dark Modern', 'Light Modern', 'Dark High Contrast']) {
      await workbench.useTheme(theme);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await workbench.screenshot(path.join(pictures, `${theme.replaceAll(' ', '-')}.png`));
    }
    await workbench.useTheme('Dark Modern');
    await workbench.page.setViewportSize({ width: 700, height: 900 });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await workbench.screenshot(path.join(pictures, 'narrow.png'));
    await workbench.page.setViewportSize({ width: 420, height: 900 });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await workbench.screenshot(path.join(pictures, 'narrower.png'));
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    const { frame } = { frame: workbench.page };
    void frame;
  });
});
