import type { ManifestText } from './manifest/files.ts'

/** Manifests up to this number are read before the module that sets flags is loaded. */
const FEW = 10
/** Characters of manifests, about five hundred particles, up to which a run is over before optimised code would pay. */
const SHORT = 500_000

/**
 * Sets V8 up for as many manifests as there are. A V8 that does not know one of these flags only says so.
 *
 * - Its room for young objects stays as it is. V8 doubles it each time that many of them survive, and keeps it: a fourth of the
 *   memory of a large plan, for a tenth of processor time that no run notices beside its waiting.
 * - A short run compiles nothing twice. The optimising compilers begin early, and their work on functions that run a few
 *   hundred times more is an eighth of a plan's processor time and a fifth of its memory.
 */
export function tuneV8(manifests: readonly ManifestText[]): void {
  if (manifests.length <= FEW) return
  const characters = manifests.reduce((sum, { text }) => sum + text.length, 0)
  const flags = ['--semi-space-growth-factor=1', ...(characters <= SHORT ? ['--no-opt', '--no-maglev'] : [])]
  process.getBuiltinModule('node:v8').setFlagsFromString(flags.join(' '))
}
