/**
 * Makes of src/ the ES modules that the bundler is given, in build/: TypeScript becomes JavaScript, and packages that ship ES
 * modules beside CommonJS are taken in as such, so that what nobody imports is left out. ncc takes their CommonJS, whole.
 */
import { build, type Plugin } from 'esbuild'

/** Taken in as ES modules: the SDK, whose clients name every call and every way to get credentials, and the toolkit. */
const asModules = /^(@aws-sdk|@smithy)\/|^@actions\/core$/

/**
 * @actions/core does nothing when it is loaded, and does not say so. Without that, its client of GitHub's OIDC, which
 * nobody here uses, would bring an HTTP client of 400 KB along.
 */
const idle = /node_modules\/@actions\/core\//

const packages: Plugin = {
  name: 'packages',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === packages || kind === 'entry-point') return undefined
      const isOurs = path.startsWith('.') || asModules.test(path)
      if (!isOurs) return { path, external: true }
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: packages })
      return idle.test(found.path) ? { ...found, sideEffects: false } : found
    })
  },
}

await build({
  entryPoints: ['src/index.ts'],
  outdir: 'build',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  conditions: ['module'],
  minifySyntax: true,
  plugins: [packages],
  logLevel: 'warning',
})
