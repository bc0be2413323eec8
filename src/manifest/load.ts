import { compareText } from '../order.ts'
import type { Particle, Place, Problem } from '../particle.ts'
import { type Vocabularies, vocabularyOf } from '../schema/address.ts'
import type { Declared } from '../schema/vocabulary.ts'
import { linkParticles } from './links.ts'
import { parseManifest } from './parse.ts'
import { reportTo, sortProblems } from './problems.ts'
import { type LoadSettings, ManifestReader } from './read.ts'
import { StatedMap } from './statedMap.ts'
import { checkUnmanaged, type Unmanaged } from './unmanaged.ts'

/** All manifests of a run, read and checked. */
export interface Loaded {
  /** Sorted by id, in any order of the files. With problems, those that could still be made. */
  readonly particles: readonly Particle[]
  /** Particles that are not in this environment, quasiparticles and their members included, and where that is said. */
  readonly absent: ReadonlyMap<string, Place>
  /** Resources that the manifests leave alone from now on. */
  readonly unmanaged: readonly Unmanaged[]
  /** By file and line; problems without a place come first. */
  readonly problems: readonly Problem[]
  /** Particles without a region: one problem a file. The manifests are valid nevertheless, but AWS cannot be called. */
  readonly regionless: readonly Problem[]
  readonly counts: {
    readonly files: number
    /** The names under `environments`, of all particles, sorted. */
    readonly environments: readonly string[]
    /** Particles of this environment. */
    readonly particles: number
  }
}

/**
 * Particles and problems from the text of all manifests: all problems of all files at once. Never throws on bad input.
 */
export function load(
  texts: readonly { readonly file: string; readonly text: string }[],
  settings: LoadSettings,
): Loaded {
  const reader = new ManifestReader(settings)
  for (const { file, text } of [...texts].sort((a, b) => compareText(a.file, b.file))) {
    const before = reader.misread.length
    const documents = parseManifest(file, text, reportTo(reader.misread))
    if (reader.misread.length > before) reader.incomplete = true
    for (const document of documents) {
      for (const item of document.kind === 'list' ? document.items : [document]) reader.read(item)
    }
  }
  const { unsound, unmanaged, report } = reader
  const particles = linkParticles(reader, settings.hides)
  // A particle with a problem would cause further ones in its links.
  const together = checkTogether(
    particles.filter(({ id }) => !unsound.has(id)),
    settings.vocabularies,
  )
  checkUnmanaged(unmanaged, particles, settings.vocabularies, report)
  return {
    particles,
    absent: reader.absent,
    unmanaged,
    problems: sortProblems(reader.misread, [...reader.problems, ...together]),
    regionless: reader.regionless,
    counts: {
      files: texts.length,
      environments: [...reader.environments].sort(),
      particles: particles.length,
    },
  }
}

/** Problems between particles that are to run and their declared parents. Each is at the child's value. */
export function checkTogether(particles: readonly Particle[], vocabularies: Vocabularies): Problem[] {
  const problems: Problem[] = []
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  const declared = (particle: Particle): Declared => ({
    particle,
    stated: new StatedMap(particle.source, true, reportTo(problems)),
  })
  for (const particle of particles) {
    if (particle.desired !== 'running') continue
    const parents = particle.parents.flatMap(id => byId.get(id) ?? [])
    vocabularyOf(particle.flavor, vocabularies)?.checkParents?.(declared(particle), parents.map(declared))
  }
  return problems
}
