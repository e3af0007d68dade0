import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

/**
 * The page as files that a strict Content-Security-Policy allows: nothing inline, nothing from elsewhere.
 * Addresses are relative, so that the page also works below a path of a proxy.
 */
export default defineConfig({
  base: './',
  plugins: [solid()],
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/live': { target: 'http://127.0.0.1:5556', ws: true, rewriteWsOrigin: true } } },
})
