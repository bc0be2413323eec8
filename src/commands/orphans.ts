/**
 * Orphans: resources that earlier manifests declared, today's do not, and AWS still has. Every run looks them up, every
 * apply carries the list on.
 */
import { nothingSensitive } from '../compare/sensitivity.ts'
import { EcsError, isDenied } from '../ecs/errors.ts'
import type { Removed, Report } from '../engine/document.ts'
import { graphOf } from '../engine/graph.ts'
import { type EngineContext, flavorOf, Refresh } from '../engine/refresh.ts'
import { particlesToRemove, type Undeclared } from '../engine/removal.ts'
import type { RememberedMember } from '../engine/undeclaredMembers.ts'
import { flavors } from '../flavors/index.ts'
import { declaredTexts } from '../github/declared.ts'
import type { GitHubEvent } from '../github/event.ts'
import type { Loaded } from '../manifest/load.ts'
import type { Unmanaged } from '../manifest/unmanaged.ts'
import { lineOf } from '../manifest/words.ts'
import { sortedBy } from '../order.ts'
import { isGone, type Particle, type ParticleId, type Problem, type State } from '../particle.ts'
import { addressText, parseAddress, vocabularyOf } from '../schema/address.ts'
import type { Invocation } from './invocation.ts'
import { findUndeclared } from './undeclared.ts'

/** Resources that the manifests no longer declare and AWS still has. */
export interface Orphans {
  /** Planned to be terminated: all of them with `on-removed: terminate`, else none. */
  readonly particles: readonly Particle[]
  /** Shown in the plan and left alone. */
  readonly reported: readonly Removed[]
  /** Added to the risks of steps. */
  readonly remarks: ReadonlyMap<ParticleId, readonly string[]>
  /** Why each of `particles` goes. */
  readonly reasons: ReadonlyMap<ParticleId, string>
  readonly warnings: readonly string[]
  readonly problems: readonly Problem[]
  /** Members that earlier checks remember. */
  readonly members: readonly RememberedMember[]
  /** Texts for the check of a refused apply; undefined when there is nothing to carry on. */
  refusedTexts(members: readonly RememberedMember[]): [string, ...string[]] | undefined
  /** Texts for the check of a succeeded apply. `merged`: the pull request whose merge was applied. */
  appliedTexts(report: Report, merged: number | undefined, members: readonly RememberedMember[]): [string, ...string[]]
}

/** An undeclared resource that AWS still has. */
interface Orphan {
  readonly entry: Undeclared
  readonly particle: Particle
  readonly state: State
}

/**
 * Looks up everything undeclared in AWS. A failure of GitHub becomes a warning.
 *
 * @throws EcsError
 */
export async function findOrphans(
  invocation: Invocation,
  { particles: now, unmanaged }: Loaded,
  context: EngineContext,
): Promise<Orphans> {
  const { inputs, event } = invocation
  const known = await findUndeclared(invocation, now)
  const found = await describe(known.entries, now, context)
  const lines = new Map(unmanaged.map(line => [line.address, line]))
  const unreleased = found.orphans.filter(({ entry }) => !lines.has(entry.address))
  const terminates = inputs.onRemoved === 'terminate'
  const going = terminates ? unreleased : []
  const declaredIds = new Map(now.map(particle => [addressText(particle, flavors), particle.id]))
  const kept = [...found.unseen, ...found.orphans.map(({ entry }) => entry)].filter(({ secret }) => !secret)
  return {
    particles: going.map(({ particle }) => particle),
    reported: sortedBy(
      found.orphans.filter(orphan => !going.includes(orphan)),
      ({ particle }) => particle.id,
    ).map(orphan => removedOf(orphan, lines.get(orphan.entry.address), declaredIds)),
    remarks: remarksOn(unreleased, declaredIds, terminates),
    reasons: new Map(going.map(({ entry, particle }) => [particle.id, removedBy(entry, event)])),
    warnings: [
      ...known.warnings,
      ...found.warnings,
      ...(await unusedLines(unmanaged, known.entries, context)),
      ...(terminates ? [] : secretNames(unreleased)),
    ],
    problems: releasedInside(found.orphans, lines, going),
    members: known.members,
    refusedTexts: members =>
      kept.length > 0 || members.length > 0 || !known.complete ? listTexts(kept, members, known) : undefined,
    appliedTexts(report, merged, members) {
      const entries = afterApply(kept, lines, going, report).map(entry => mergedBy(entry, merged, event.sha))
      return listTexts(entries, members, known)
    },
  }
}

/**
 * The list for a check. Members of a resource that is not declared now are carried on with it, or they would be forgotten
 * when a later commit declares the resource again.
 */
function listTexts(
  entries: readonly Undeclared[],
  members: readonly RememberedMember[],
  known: Pick<Orphans, 'members'> & { readonly complete: boolean },
): [string, ...string[]] {
  const addresses = new Set(entries.map(({ address }) => address))
  const carried = known.members.filter(({ address }) => addresses.has(address))
  const all = new Map([...carried, ...members].map(member => [`${member.address} ${member.path}`, member]))
  return declaredTexts({ entries, members: [...all.values()], complete: known.complete })
}

/** Entries without those that a line lets go, and those that the apply has terminated. */
function afterApply(
  entries: readonly Undeclared[],
  lines: ReadonlyMap<string, Unmanaged>,
  going: readonly Orphan[],
  { steps }: Report,
): Undeclared[] {
  const ended = new Set(steps.filter(({ result }) => result === 'succeeded').map(({ particle }) => particle))
  const gone = new Set(going.filter(({ particle }) => ended.has(particle.id)).map(({ entry }) => entry))
  return entries.filter(entry => !lines.has(entry.address) && !gone.has(entry))
}

/** What the applied commit itself removed was removed by the pull request whose merge it is. */
const mergedBy = (entry: Undeclared, merged: number | undefined, commit: string | undefined): Undeclared =>
  merged !== undefined && entry.since === commit && entry.pullRequest === undefined
    ? { ...entry, pullRequest: merged }
    : entry

/** A name that holds a secret is written nowhere, so that no later run can find the resource. */
const secretNames = (orphans: readonly Orphan[]): string[] =>
  orphans
    .filter(({ entry }) => entry.secret)
    .map(
      ({ particle }) =>
        `${particle.id} is not declared any more, and no later plan will tell: a secret variable went into its name, which is written nowhere; declare it with desired_state: terminated to delete it`,
    )

/** Describes each entry. An entry that AWS cannot describe stays on the list, with a warning. */
async function describe(
  entries: readonly Undeclared[],
  now: readonly Particle[],
  context: EngineContext,
): Promise<{ orphans: Orphan[]; unseen: Undeclared[]; warnings: string[] }> {
  const particles = particlesToRemove(entries, now, flavors)
  const states = await statesOf([...particles.values()], now, context)
  const orphans: Orphan[] = []
  const unseen: Undeclared[] = []
  const warnings: string[] = []
  for (const entry of entries) {
    const particle = particles.get(entry)
    const state = particle && states.get(particle.id)
    const account = particle && context.ecs(particle.region).account
    const keep = (why: string) => {
      unseen.push(entry)
      warnings.push(`${entry.address} was declared once, and is kept on the list unseen: ${why}`)
    }
    if (!particle || state === undefined) keep('this release does not know what it is')
    else if (state instanceof EcsError) keep(state.message)
    else if (entry.account && account && entry.account !== account)
      keep(`it was in the account ${entry.account}, and these credentials are for ${account}`)
    else if (!isGone(state)) orphans.push({ entry: account ? { ...entry, account } : entry, particle, state })
  }
  return { orphans, unseen, warnings }
}

/** The state of each particle beside those of now, or the refusal when the role may not ask. */
async function statesOf(
  particles: readonly Particle[],
  now: readonly Particle[],
  context: EngineContext,
): Promise<ReadonlyMap<ParticleId, State | EcsError>> {
  const ids = new Set(particles.map(({ id }) => id))
  const removed = particles.map(one => ({ ...one, parents: one.parents.filter(parent => ids.has(parent)) }))
  const graph = graphOf([...removed, ...now])
  const refresh = new Refresh(graph, context)
  const states = await Promise.all(
    removed.map(async (particle): Promise<[ParticleId, State | EcsError]> => {
      const { id } = particle
      try {
        const live = await refresh.live(id)
        return [id, flavorOf(context, particle).assess(particle, live, nothingSensitive).observed.state]
      } catch (error) {
        if (error instanceof EcsError && isDenied(error)) return [id, error]
        throw error
      }
    }),
  )
  return new Map(states)
}

/** Warns of `unmanaged` lines whose resource is gone. A job's runs are unknown without its definition, so its line is never checked. */
async function unusedLines(
  unmanaged: readonly Unmanaged[],
  entries: readonly Undeclared[],
  context: EngineContext,
): Promise<string[]> {
  const listed = new Set(entries.map(({ address }) => address))
  const checked = unmanaged.filter(({ address }) => {
    const words = vocabularyOf(parseAddress(address)?.flavor ?? '', flavors)
    return !listed.has(address) && words !== undefined && !words.neededToEnd?.members?.length
  })
  const unknown = { commit: '', parents: [], members: {}, options: {}, persistOnTermination: false }
  const particles = particlesToRemove(
    checked.map(({ address, place }) => ({ ...unknown, address, name: address, source: place })),
    [],
    flavors,
  )
  const states = await statesOf([...particles.values()], [], context)
  const gone = new Set(
    [...particles].flatMap(([{ address }, { id }]) => {
      const state = states.get(id)
      return typeof state === 'string' && isGone(state) ? [address] : []
    }),
  )
  return checked
    .filter(({ address }) => gone.has(address))
    .map(
      ({ address, place }) => `${lineOf(place)} unmanaged: ${address} is not there any more; the line can be removed`,
    )
}

function removedOf(
  { entry, particle, state }: Orphan,
  line: Unmanaged | undefined,
  declaredIds: ReadonlyMap<string | undefined, ParticleId>,
): Removed {
  const { address, since, pullRequest, commit, source, renamedTo, persistOnTermination, secret } = entry
  const renamedId = renamedTo && declaredIds.get(renamedTo)
  return {
    particle: particle.id,
    state,
    ...(!secret && { thing: address }),
    ...(since && { since }),
    ...(pullRequest !== undefined && { pullRequest }),
    declared: { ...source, commit },
    ...(renamedId && { renamedTo: renamedId }),
    ...(persistOnTermination && { kept: persistOnTermination }),
    ...(line && { unmanaged: { file: line.place.file, line: line.place.line } }),
  }
}

/** Who removed the declaration. */
function removedBy({ pullRequest, since }: Undeclared, { pullRequest: current }: GitHubEvent): string {
  if (pullRequest !== undefined)
    return `no longer declared (deleted in ${pullRequest === current?.number ? 'this pull request' : `#${pullRequest}`})`
  return since ? `no longer declared (deleted in commit ${since.slice(0, 7)})` : 'no longer declared'
}

/** Remarks on steps: where a resource was declared, and that a new resource replaces one of another name. */
function remarksOn(
  orphans: readonly Orphan[],
  declaredIds: ReadonlyMap<string | undefined, ParticleId>,
  terminates: boolean,
): Map<ParticleId, string[]> {
  const remarks = new Map<ParticleId, string[]>()
  for (const { entry, particle } of orphans) {
    const { since, pullRequest, commit, source, renamedTo } = entry
    const by = pullRequest === undefined ? '' : ` (#${pullRequest})`
    const when = since
      ? ` since commit ${since.slice(0, 7)}${by}`
      : `, last at ${source.file}:${source.line} in commit ${commit.slice(0, 7)}${by}`
    const next = renamedTo && declaredIds.get(renamedTo)
    remarks.set(particle.id, [
      `not declared any more${when}`,
      ...(next ? [`renamed to ${next}: ECS cannot rename, so that one is made and this one is terminated`] : []),
    ])
    if (next && !entry.secret) {
      const end = terminates ? 'is terminated' : 'stays beside it until somebody deletes it'
      const from = parseAddress(entry.address)?.identity ?? entry.name
      remarks.set(next, [`renamed from ${from}: ECS cannot rename, so this one is made and that one ${end}`])
    }
  }
  return remarks
}

/** An `unmanaged` resource must not lose a parent that is terminated. */
function releasedInside(
  orphans: readonly Orphan[],
  lines: ReadonlyMap<string, Unmanaged>,
  going: readonly Orphan[],
): Problem[] {
  const goes = new Map(going.map(({ entry, particle }) => [entry.address, particle.id]))
  return orphans.flatMap(({ entry }) => {
    const line = lines.get(entry.address)
    const lost = entry.parents.flatMap(parent => goes.get(parent) ?? [])
    if (!line || lost.length === 0) return []
    const message = `unmanaged: ${entry.address} is let go, but ${lost.join(' and ')}, which it needs, would be terminated; let go of that as well, or declare it`
    return [{ place: line.place, message }]
  })
}
