/** What was declared once, is not any more and is still there: looked for in every run, and remembered by every apply. */
import { EcsError, isDenied } from '../ecs/errors.ts'
import type { Removed, Report } from '../engine/document.ts'
import { graphOf } from '../engine/graph.ts'
import { type EngineContext, Refresh } from '../engine/refresh.ts'
import { particlesToGo, type Undeclared } from '../engine/removal.ts'
import { flavors } from '../flavors/index.ts'
import { vocabulary } from '../flavors/vocabulary.ts'
import { declaredTexts } from '../github/declared.ts'
import type { Loaded } from '../manifest/load.ts'
import type { Unmanaged } from '../manifest/unmanaged.ts'
import { lineOf } from '../manifest/words.ts'
import { compareText } from '../order.ts'
import { isGone, type Particle, type ParticleId, type Problem, type State } from '../particle.ts'
import { parseAddress, vocabularyOf } from '../schema/address.ts'
import { addressText, type DeclarationContext, everUndeclared } from './undeclared.ts'

/** What a run knows of it. */
export interface Orphans {
  /** What is to be planned to go. */
  readonly particles: readonly Particle[]
  /** What is shown, and left alone. */
  readonly reported: readonly Removed[]
  readonly remarks: ReadonlyMap<ParticleId, readonly string[]>
  readonly warnings: readonly string[]
  readonly problems: readonly Problem[]
  /** What the check of a refused apply keeps; undefined where there is nothing to keep. */
  readonly refusedTexts: [string, ...string[]] | undefined
  /** What the check of a succeeded apply keeps. `merged` is the pull request whose merge it was for. */
  appliedTexts(report: Report, merged: number | undefined): [string, ...string[]]
}

export async function findOrphans(
  question: DeclarationContext,
  loaded: Loaded,
  engine: EngineContext,
): Promise<Orphans> {
  const { inputs, event } = question
  const { particles: now, unmanaged } = loaded
  const known = await everUndeclared(question, now)
  const warnings = [...known.warnings]
  const lines = new Map(unmanaged.map(line => [line.thing, line]))
  const looked = await look(known.entries, now, engine)
  warnings.push(...looked.warnings, ...(await fruitless(unmanaged, known.entries, engine)))
  const there = looked.there.filter(({ entry }) => !lines.has(entry.thing))
  const terminates = inputs.onRemoved === 'terminate'
  const going = terminates ? there : []
  const named = new Map(now.map(particle => [addressText(particle), particle.id]))
  const reported = (terminates ? looked.there.filter(({ entry }) => lines.has(entry.thing)) : looked.there)
    .map(one => removedOf(one, lines.get(one.entry.thing), named))
    .sort((one, other) => compareText(one.particle, other.particle))
  for (const { entry, particle } of terminates ? [] : there)
    if (entry.secret)
      warnings.push(
        `${particle.id} is not declared any more, and no later plan will tell: a secret variable went into its name, which is written nowhere; declare it with desired_state: terminated to delete it`,
      )
  const kept = [...looked.unseen, ...looked.there.map(({ entry }) => entry)].filter(({ secret }) => !secret)
  return {
    particles: going.map(({ particle }) => particle),
    reported,
    remarks: remarksOn(there, named, terminates),
    warnings,
    problems: heldUp(looked.there, lines, going),
    refusedTexts: kept.length > 0 || !known.whole ? declaredTexts({ entries: kept, whole: known.whole }) : undefined,
    appliedTexts(report, merged) {
      const ended = new Set(report.steps.filter(({ result }) => result === 'succeeded').map(({ particle }) => particle))
      const gone = new Set(going.filter(({ particle }) => ended.has(particle.id)).map(({ entry }) => entry))
      const entries = kept
        .filter(entry => !gone.has(entry) && !lines.has(entry.thing))
        .map(entry =>
          merged !== undefined && entry.since === event.sha && entry.pullRequest === undefined
            ? { ...entry, pullRequest: merged }
            : entry,
        )
      return declaredTexts({ entries, whole: known.whole })
    },
  }
}

interface Looked {
  readonly entry: Undeclared
  readonly particle: Particle
  readonly state: State
}

/** Which of them are still there. What cannot be looked at is not gone: it is kept, and said. */
async function look(
  entries: readonly Undeclared[],
  now: readonly Particle[],
  engine: EngineContext,
): Promise<{ there: Looked[]; unseen: Undeclared[]; warnings: string[] }> {
  const particles = particlesToGo(entries, now, vocabulary)
  const seen = await statesOf([...particles.values()], engine)
  const there: Looked[] = []
  const unseen: Undeclared[] = []
  const warnings: string[] = []
  for (const entry of entries) {
    const particle = particles.get(entry)
    const state = particle && seen.get(particle.id)
    const account = particle && engine.ecs(particle.region).account
    const keep = (why: string) => {
      unseen.push(entry)
      warnings.push(`${entry.thing} was declared once, and is kept on the list unseen: ${why}`)
    }
    if (!particle || state === undefined) keep('this release does not know what it is')
    else if (state instanceof EcsError) keep(state.message)
    else if (entry.account && account && entry.account !== account)
      keep(`it was in the account ${entry.account}, and these credentials are for ${account}`)
    else if (!isGone(state)) there.push({ entry: account ? { ...entry, account } : entry, particle, state })
  }
  return { there, unseen, warnings }
}

async function statesOf(
  particles: readonly Particle[],
  engine: EngineContext,
): Promise<ReadonlyMap<ParticleId, State | EcsError>> {
  const ids = new Set(particles.map(({ id }) => id))
  const graph = graphOf(particles.map(one => ({ ...one, parents: one.parents.filter(parent => ids.has(parent)) })))
  const refresh = new Refresh(graph, engine)
  const looked = await Promise.all(
    particles.map(async ({ id, flavor }): Promise<[ParticleId, State | EcsError]> => {
      const particle = graph.particles.get(id)
      try {
        const live = await refresh.live(id)
        return [id, (particle && flavors[flavor]?.read(particle, live).state) ?? 'terminated']
      } catch (error) {
        if (error instanceof EcsError && isDenied(error)) return [id, error]
        throw error
      }
    }),
  )
  return new Map(looked)
}

/** Lines that nothing is left for. What a job ran is not known any more without its definition, so nobody asks for one. */
async function fruitless(
  unmanaged: readonly Unmanaged[],
  entries: readonly Undeclared[],
  engine: EngineContext,
): Promise<string[]> {
  const listed = new Set(entries.map(({ thing }) => thing))
  const asked = unmanaged.filter(({ thing }) => {
    const words = vocabularyOf(parseAddress(thing)?.flavor ?? '', vocabulary)
    return !listed.has(thing) && words?.neededToEnd.members.length === 0
  })
  const made = particlesToGo(
    asked.map(({ thing, place }) => ({
      thing,
      name: thing,
      source: { file: place.file, line: place.line },
      commit: '',
      parents: [],
      members: {},
      options: {},
      kept: false,
    })),
    [],
    vocabulary,
  )
  const states = await statesOf([...made.values()], engine)
  const gone = new Set(
    [...made].flatMap(([{ thing }, { id }]) => {
      const state = states.get(id)
      return typeof state === 'string' && isGone(state) ? [thing] : []
    }),
  )
  return asked
    .filter(({ thing }) => gone.has(thing))
    .map(({ thing, place }) => `${lineOf(place)} unmanaged: ${thing} is not there any more; the line can be removed`)
}

function removedOf(
  { entry, particle, state }: Looked,
  line: Unmanaged | undefined,
  named: ReadonlyMap<string | undefined, ParticleId>,
): Removed {
  const { thing, since, pullRequest, commit, source, renamedTo, kept, secret } = entry
  const now = renamedTo && named.get(renamedTo)
  return {
    particle: particle.id,
    state,
    ...(!secret && { thing }),
    ...(since && { since }),
    ...(pullRequest !== undefined && { pullRequest }),
    declared: { ...source, commit },
    ...(now && { renamedTo: now }),
    ...(kept && { kept }),
    ...(line && { unmanaged: { file: line.place.file, line: line.place.line } }),
  }
}

/** What a reviewer must know of what goes because nobody declares it, and of what comes under another name. */
function remarksOn(
  there: readonly Looked[],
  named: ReadonlyMap<string | undefined, ParticleId>,
  terminates: boolean,
): Map<ParticleId, string[]> {
  const remarks = new Map<ParticleId, string[]>()
  for (const { entry, particle } of there) {
    const { since, pullRequest, commit, source, renamedTo } = entry
    const by = pullRequest === undefined ? '' : ` (#${pullRequest})`
    const when = since
      ? `since commit ${since.slice(0, 7)}${by}`
      : `, last at ${source.file}:${source.line} in commit ${commit.slice(0, 7)}${by}`
    const next = renamedTo && named.get(renamedTo)
    remarks.set(particle.id, [
      `not declared any more${when.startsWith(',') ? when : ` ${when}`}`,
      ...(next ? [`renamed to ${next}: ECS cannot rename, so that one is made and this one is terminated`] : []),
    ])
    if (next && !entry.secret) {
      const end = terminates ? 'is terminated' : 'stays beside it until somebody deletes it'
      const from = parseAddress(entry.thing)?.identity ?? entry.name
      remarks.set(next, [`renamed from ${from}: ECS cannot rename, so this one is made and that one ${end}`])
    }
  }
  return remarks
}

/** What is let go must not lose what it is in, or what it runs. */
function heldUp(there: readonly Looked[], lines: ReadonlyMap<string, Unmanaged>, going: readonly Looked[]): Problem[] {
  const goes = new Map(going.map(({ entry, particle }) => [entry.thing, particle.id]))
  return there.flatMap(({ entry }) => {
    const line = lines.get(entry.thing)
    const lost = entry.parents.flatMap(parent => goes.get(parent) ?? [])
    if (!line || lost.length === 0 || goes.size === 0) return []
    return [
      {
        place: line.place,
        message: `unmanaged: ${entry.thing} is let go, but ${lost.join(' and ')}, which it needs, would be terminated; let go of that as well, or declare it`,
      },
    ]
  })
}
