import { SkipReporter } from './test/skip-reporter.ts';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real child processes and a real browser share two cores with the other files.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A machine shared with others may starve a process for longer than any deadline; what took two tries is named.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', new SkipReporter()],
  },
});

export default config;
