import { defineConfig } from 'vitest/config';

/** One project a kind of test; `npm test` runs unit, webview and e2e, the trained bars run on demand. */
export default defineConfig({
  test: {
    passWithNoTests: false,
    allowOnly: false,
    pool: 'forks',
    maxWorkers: 2,
    // What is waited for comes when it comes: the default of a second is little on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    // Trainers of tests should not measure first how many threads are best.
    env: { TF_NUM_INTRAOP_THREADS: process.env['TF_NUM_INTRAOP_THREADS'] ?? '1' },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: 'webview', include: ['test/webview/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 300_000, fileParallelism: false },
      },
      {
        extends: true,
        test: {
          name: 'trained',
          include: ['test/trained/**/*.test.ts'],
          testTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
