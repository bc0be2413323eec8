/**
 * Makes of src/ the ES modules that the bundler is given, in build/: TypeScript becomes JavaScript, and packages that ship ES
 * modules beside CommonJS are taken in as such, so that what nobody imports is left out. ncc takes their CommonJS, whole.
 */
import { relative, resolve as resolvePath } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'

/** Taken in as ES modules. The SDK's clients name every call, and every way to get credentials. */
const asModules = /^(@aws-sdk|@smithy)\/|^@actions\/core$|^yaml$/

/**
 * @actions/core does nothing when it is loaded, and does not say so. Without that, its client of GitHub's OIDC, which
 * nobody here uses, would bring an HTTP client of 400 KB along.
 */
const idle = /node_modules\/@actions\/core\//

/** In place of `node:https`, which packages import at the start and use later or never. */
const https = resolvePath('script/https.js')

/** Files of packages that are imported when they are needed, by the names that they have in build/later. */
const later = new Map<string, string>()

const packages: Plugin = {
  name: 'packages',
  setup({ initialOptions, onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === packages || kind === 'entry-point') return undefined
      if (path === 'node:https' && importer.includes('node_modules')) return { path: https }
      if (!path.startsWith('.') && !asModules.test(path))
        return { path, external: true, sideEffects: !path.startsWith('node:') }
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: packages })
      if (kind === 'dynamic-import' && !initialOptions.splitting && found.path.includes('node_modules')) {
        const name = relative('node_modules', found.path).replace(/\W+/g, '-')
        later.set(name, found.path)
        return { path: `./later/${name}.js`, external: true }
      }
      return idle.test(found.path) ? { ...found, sideEffects: false } : found
    })
  },
}

const options: BuildOptions = {
  bundle: true,
  format: 'esm',
  // With `node`, the platform's conditions would choose the CommonJS of packages that have both.
  platform: 'neutral',
  target: 'node20',
  mainFields: ['module', 'main'],
  conditions: ['module'],
  minifySyntax: true,
  inject: ['script/crypto.js'],
  // Packages ask of each answer whether it is one of these, and Node loads all of its web streams for the question. Its own client of
  // HTTP, which is the one that is used, never answers with any.
  define: { ReadableStream: 'undefined', Blob: 'undefined' },
  plugins: [packages],
  logLevel: 'warning',
}

await build({ ...options, entryPoints: ['src/index.ts'], outdir: 'build' })
// With modules of their own: Node reads a module twice that the start and something later share.
const entryPoints = Object.fromEntries([...later].sort())
await build({ ...options, entryPoints, outdir: 'build/later', splitting: true })
