import { expect, it } from 'vitest';
import type { TensorRow } from '../../src/protocol/tensors';
import { CheckpointPage } from './support/checkpoints';
import { viewSuite } from './support/suite';

const suite = viewSuite();
/** As many as a file may have. */
const TENSORS = 500_000;
const PARTS = ['down_proj', 'gate_proj', 'norm', 'up_proj'] as const;
/** Twice what the service puts into one message; each holds up the extension host that hands it on. */
const LARGEST_MESSAGE = 1024 * 1024;
/** A page that does nothing for this long looks hung. The longest task takes a seventh of it on an idle machine. */
const HANG_MILLISECONDS = 5_000;

/** A mixture of experts: 2,048 in a layer, four tensors in each. */
function experts(): TensorRow[] {
  return Array.from({ length: TENSORS }, (_, i) => ({
    name: `model.layers.${i >> 13}.mlp.experts.${(i >> 2) & 2047}.${PARTS[i & 3]}.weight`,
    type: i & 1 ? 'F16' : 'F32',
    shape: [64, 64 + (i % 7)],
    elements: 64 * (64 + (i % 7)),
    bytes: (i & 1 ? 2 : 4) * 64 * (64 + (i % 7)),
  }));
}

it('opens, filters, sorts, scrolls and selects half a million tensors without a moment that hangs', async () => {
  const page = await CheckpointPage.of(await suite.open('checkpoint', { width: 1400 }));
  const { page: browser } = page.view;
  await browser.evaluate(() => {
    const longest = (entries: PerformanceEntryList) =>
      entries.reduce((most, { duration }) => Math.max(most, duration), Number(document.body.dataset['longest'] ?? 0));
    const observer = new PerformanceObserver((list) => {
      document.body.dataset['longest'] = String(longest(list.getEntries()));
    });
    observer.observe({ type: 'longtask', buffered: true });
  });
  const names = () => page.names();
  const tally = browser.locator('.tally');
  const filter = browser.getByLabel('Filter tensors');
  const title = (text: string) => browser.getByRole('button', { name: new RegExp(`^${text}`) });

  await page.showRows(experts(), 'experts.safetensors');
  expect(await tally.textContent()).toMatch(/^Listing [\d,]+ of 500,000…$/);
  // It can be used while the others come.
  await filter.fill('experts.2.norm');
  await expect.poll(async () => (await names())[0]).toBe('model.layers.0.mlp.experts.2.norm.weight');
  await filter.fill('');
  await expect.poll(() => tally.textContent(), { timeout: 50_000 }).toBe('');
  expect(page.largest).toBeLessThan(LARGEST_MESSAGE);
  expect(page.asked('rows').length).toBeGreaterThan(50);

  await filter.fill('norm 64x70');
  await expect.poll(() => tally.textContent()).toBe('17,857 of 500,000');
  await filter.fill('nowhere');
  await expect.poll(() => browser.locator('.no-lines').isVisible()).toBe(true);
  await filter.fill('');
  await title('Size').click();
  // Of equals the first by name.
  await expect.poll(async () => (await names())[0]).toBe('model.layers.0.mlp.experts.1.norm.weight');
  await title('Tensor').click();
  await title('Tensor').click();
  await expect.poll(async () => (await names())[0]).toBe('model.layers.61.mlp.experts.71.up_proj.weight');
  await browser.locator('.table-body').evaluate((body) => (body.scrollTop = 6_000_000));
  await expect.poll(async () => (await names())[8]).toMatch(/^model\.layers\.30\./);
  await browser.locator('.sizer .row').nth(12).click();
  const selected = await browser.locator('.sizer .row.active .label').textContent();
  expect(await browser.locator('.tensor-name').textContent()).toBe(selected);
  await browser.keyboard.press('End');
  await expect.poll(async () => (await names()).at(-1)).toBe('model.layers.0.mlp.experts.0.down_proj.weight');
  expect(await browser.locator('.sizer .row').count()).toBeLessThan(80);
  const longest = await browser.evaluate(() => Number(document.body.dataset['longest'] ?? 0));
  expect(longest).toBeLessThan(HANG_MILLISECONDS);
}, 240_000);
