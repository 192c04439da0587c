import { defineConfig } from "@playwright/test";

const baseURL = process.env.ABP_E2E_BASE_URL;
if (!baseURL) {
  throw new Error(
    "ABP_E2E_BASE_URL is not set: give the address of a running server, e.g. http://127.0.0.1:8000",
  );
}

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // A training run has to produce its first windows and replay within a test.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  workers: 1,
  retries: 0,
  reporter: [["list"]],
  use: {
    baseURL,
    actionTimeout: 15_000,
    headless: true,
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.ABP_E2E_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
