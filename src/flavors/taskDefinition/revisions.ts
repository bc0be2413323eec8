/** Which revision of a family a task definition is compared with, and what its services run instead. Pure. */

import type { DescribeTaskDefinitionResponse, RegisterTaskDefinitionRequest, Service } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { type CompareOptions, compare } from '../../compare/compare.ts'
import { mergeLive, requestOf } from '../../compare/merge.ts'
import { ignoredPaths } from '../../compare/path.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import { type Particle, valueAt } from '../../particle.ts'
import { resourceName } from '../../schema/address.ts'
import type { FamilyRecord } from '../record/family.ts'
import { liveTaskDefinition, taskDefinitionRules } from './rules.ts'
import { vocabulary } from './vocabulary.ts'

/** What RegisterTaskDefinition takes, and the revision that a manifest may pin. */
export type TaskDefinitionDefinition = RegisterTaskDefinitionRequest & { readonly revision?: number }

export type TaskDefinitionParticle = Particle<TaskDefinitionDefinition>

/** One revision with its tags, as DescribeTaskDefinition answers. */
export type Revision = Pick<DescribeTaskDefinitionResponse, 'taskDefinition' | 'tags'>

/** A family in AWS: its latest ACTIVE revision, those that its services run, the pinned one, and what it remembers. */
export interface LiveTaskDefinition {
  readonly latest?: Revision
  /** ACTIVE revisions that the particle's own services run, newest first. */
  readonly running: readonly Revision[]
  /** ACTIVE revisions that the particle's own services were told to run and failed at, while an earlier one runs. */
  readonly failed: readonly Revision[]
  /** INACTIVE revisions that the particle's own services still run. */
  readonly inactive: readonly Revision[]
  /** Revisions of other families that the particle's own services still run. */
  readonly elsewhere: readonly Revision[]
  readonly pinned?: Revision
  /** The revision that this very apply registered: whatever somebody else registers meanwhile, this one is meant. */
  readonly registered?: Revision
  /** What the family remembers of the particle's jobs; missing when it has none. */
  readonly record?: FamilyRecord
}

/** Without the revision, which is this tool's word and not the request's. */
export function request({ revision: _pin, ...definition }: TaskDefinitionDefinition): RegisterTaskDefinitionRequest {
  return definition
}

export const optionsOf = (particle: TaskDefinitionParticle, sensitivity: Sensitivity): CompareOptions => ({
  schema: vocabulary.model,
  rules: taskDefinitionRules,
  whole: true,
  ignore: ignoredPaths(particle.options.ignore),
  sensitivity,
})

export const revisionArn = (revision: Revision | undefined): string | undefined =>
  revision?.taskDefinition?.taskDefinitionArn

export const revisionNumber = (revision: Revision | undefined): number => revision?.taskDefinition?.revision ?? 0

/** `web:7` of a revision or its ARN. */
export const shortReference = (revision: Revision): string =>
  `${revision.taskDefinition?.family}:${revision.taskDefinition?.revision}`

export const isTag = ({ path }: { readonly path: string }): boolean => path.startsWith('tags')

export const differences = (
  particle: TaskDefinitionParticle,
  revision: Revision,
  sensitivity: Sensitivity,
): FoundChange[] =>
  compare(request(particle.definition), liveTaskDefinition(revision), optionsOf(particle, sensitivity))

/** How the manifest differs from a revision. */
type DifferencesFrom = (revision: Revision) => readonly FoundChange[]

/** What a new revision takes over from and is compared with: of those that services run the newest, else the latest. */
const ground = (live: LiveTaskDefinition): Revision | undefined => live.running[0] ?? live.latest

/** The definition as it is to run: as stated, with the values that somebody else owns taken from the ground. */
export function registrationOf(
  particle: TaskDefinitionParticle,
  from: Revision | undefined,
): RegisterTaskDefinitionRequest {
  const whole = request(particle.definition)
  const options = optionsOf(particle, nothingSensitive)
  return from ? mergeLive(whole, liveTaskDefinition(from), options) : requestOf(whole, options)
}

/** What is ignored counts as well: it must not go live because a revision that nobody deployed says the rest. */
function isWanted(
  particle: TaskDefinitionParticle,
  from: Revision | undefined,
  revision: Revision,
  differencesFrom: DifferencesFrom,
): boolean {
  if (!differencesFrom(revision).every(isTag)) return false
  if (revision === from || ignoredPaths(particle.options.ignore).length === 0) return true
  const whole = { ...optionsOf(particle, nothingSensitive), ignore: [] }
  return compare(registrationOf(particle, from), liveTaskDefinition(revision), whole).every(isTag)
}

/**
 * The revision in hand: an ACTIVE one that says what the manifest says, services' own before the latest; without any, the
 * one to build on.
 */
export function currentRevision(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  differencesFrom: DifferencesFrom = revision => differences(particle, revision, nothingSensitive),
): Revision | undefined {
  if (!live) return undefined
  const { pinned, registered, running, failed, latest } = live
  if (pinned) return pinned
  if (registered?.taskDefinition?.status === 'ACTIVE' && differencesFrom(registered).every(isTag)) return registered
  const from = ground(live)
  const others = [...running, ...failed, ...(latest ? [latest] : [])]
  return others.find(revision => isWanted(particle, from, revision, differencesFrom)) ?? from
}

/** What a new revision keeps from somebody else, where the manifest would say something else: each as it will be. */
export function keptFrom(
  particle: TaskDefinitionParticle,
  revision: Revision,
  sensitivity: Sensitivity,
): FoundChange[] {
  return ignoredDifferences(particle, request(particle.definition), revision, sensitivity).map(
    ({ path, before, sensitive, live }) => ({
      path,
      ...(sensitive ? { sensitive } : before !== undefined && { after: before }),
      ...(live !== undefined && { live }),
    }),
  )
}

/** What a service sees change that goes from a revision to the one that is to run. */
export function differencesInUse(
  particle: TaskDefinitionParticle,
  revision: Revision,
  to: Revision | undefined,
  stated: readonly FoundChange[],
  sensitivity: Sensitivity,
): FoundChange[] {
  const definition = registrationOf(particle, to)
  // What is taken over from AWS stands nowhere in the manifest: it is hidden by what it holds.
  const over: Sensitivity = {
    isSecret: at => sensitivity.holdsSecret?.(valueAt(definition, at)) === true,
    ...(sensitivity.holdsSecret && { holdsSecret: sensitivity.holdsSecret }),
    revealed: sensitivity.revealed,
  }
  const kept = ignoredDifferences(particle, definition, revision, over).map(({ at: _elsewhere, ...change }) => change)
  return [...stated, ...kept].filter(change => !isTag(change))
}

/** Differences at ignored paths alone. */
function ignoredDifferences(
  particle: TaskDefinitionParticle,
  definition: RegisterTaskDefinitionRequest,
  revision: Revision,
  sensitivity: Sensitivity,
): FoundChange[] {
  const options = optionsOf(particle, sensitivity)
  if (options.ignore.length === 0) return []
  const live = liveTaskDefinition(revision)
  const noticed = new Set(compare(definition, live, options).map(({ path }) => path))
  return compare(definition, live, { ...options, ignore: [] }).filter(
    change => !noticed.has(change.path) && !isTag(change),
  )
}

/**
 * The revision that a service runs: that of its PRIMARY deployment, also while it is rolled out, because whoever deploys
 * it means it. One that FAILED is not what runs while an earlier deployment still stands: it is answered apart.
 */
export function revisionsOf(service: Service): { readonly runs: string; readonly failed?: string } {
  const deployments = service.deployments ?? []
  const told = resourceName(service.taskDefinition ?? '')
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  const before =
    primary?.rolloutState === 'FAILED'
      ? deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED')
      : undefined
  return before?.taskDefinition ? { runs: resourceName(before.taskDefinition), failed: told } : { runs: told }
}
