import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = `http://127.0.0.1:${process.env.PORT ?? "8000"}`;
const proxy = {
  "/api": { target: backend },
  "/ws": { target: backend, ws: true },
  "/admin": { target: backend },
  "/static": { target: backend },
};

export default defineConfig({
  plugins: [react()],
  server: { port: 5173, proxy },
  preview: { proxy },
  build: { outDir: "dist", assetsDir: "assets", sourcemap: false, chunkSizeWarningLimit: 700 },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    // A test that asserts nothing, as it loops over nothing, fails.
    expect: { requireAssertions: true },
  },
});
