/** Which revision of a family a task definition is compared with, and what its services run instead. Pure. */

import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { compare, comparedBy } from '../../compare/compare.ts'
import { mergeLive, requestOf } from '../../compare/merge.ts'
import { ignoredPaths } from '../../compare/path.ts'
import { nothingSensitive, type Sensitivity } from '../../compare/sensitivity.ts'
import { type Particle, valueAt } from '../../particle.ts'
import type { FamilyRecord } from '../record/read.ts'
import { liveTaskDefinition, type Revision, taskDefinitionRules } from './rules.ts'
import { vocabulary } from './vocabulary.ts'

/** RegisterTaskDefinition's input, and the revision that a manifest may pin. */
export type TaskDefinitionDefinition = RegisterTaskDefinitionRequest & { readonly revision?: number }

/** A particle that states a family's revision. */
export type TaskDefinitionParticle = Particle<TaskDefinitionDefinition>

/** A family in AWS: its latest ACTIVE revision, those that the particle's services run, and its record of jobs. */
export interface LiveTaskDefinition {
  readonly latest?: Revision | undefined
  /** ACTIVE revisions that the particle's own services run, newest first. */
  readonly running: readonly Revision[]
  /** ACTIVE revisions that the particle's own services failed to roll out, while an earlier revision runs. */
  readonly failed: readonly Revision[]
  /** INACTIVE revisions that the particle's own services still run. */
  readonly inactive: readonly Revision[]
  /** Revisions of other families that the particle's own services still run. */
  readonly elsewhere: readonly Revision[]
  readonly pinned?: Revision | undefined
  /** The revision that this apply registered, also when other tools have registered more since. */
  readonly registered?: Revision | undefined
  /** The record of the particle's jobs. */
  readonly record?: FamilyRecord
}

/** RegisterTaskDefinition's input: without the pinned revision, which only this tool knows. */
export function request({ revision: _pin, ...definition }: TaskDefinitionDefinition): RegisterTaskDefinitionRequest {
  return definition
}

/** A task definition is compared whole: what the manifest leaves out has its default. */
export const optionsOf = comparedBy(vocabulary.model, taskDefinitionRules, true)

/** `arn:aws:ecs:…:task-definition/web:7` */
export const revisionArn = (revision: Revision | undefined): string | undefined =>
  revision?.taskDefinition?.taskDefinitionArn

/** `7` of `web:7`; 0 where there is no revision. */
export const revisionNumber = (revision: Revision | undefined): number => revision?.taskDefinition?.revision ?? 0

/** `web:7` */
export const shortReference = (revision: Revision): string =>
  `${revision.taskDefinition?.family}:${revision.taskDefinition?.revision}`

/** Tags change in place, without a new revision. */
export const isTag = ({ steps: [member] }: FoundChange): boolean => member === 'tags'

/** How the manifest differs from a revision, compared whole. */
export const differences = (
  particle: TaskDefinitionParticle,
  revision: Revision,
  sensitivity: Sensitivity,
): FoundChange[] =>
  compare(request(particle.definition), liveTaskDefinition(revision), optionsOf(particle, sensitivity))

/** How the manifest differs from a revision. */
type DifferencesFrom = (revision: Revision) => readonly FoundChange[]

/** The definition as stated, with ignored members as `from` has them. */
export function registrationOf(
  particle: TaskDefinitionParticle,
  from: Revision | undefined,
): RegisterTaskDefinitionRequest {
  const whole = request(particle.definition)
  const options = optionsOf(particle, nothingSensitive)
  return from ? mergeLive(whole, liveTaskDefinition(from), options) : requestOf(whole, options)
}

/**
 * Whether a revision equals the manifest. Ignored members count too: their values must not go live because a revision
 * that no service runs has them.
 */
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
 * The revision that the manifest stands for: an ACTIVE one that equals it, those that services run before the latest;
 * without any, the revision that a new one is built on and compared with: the newest that services run, else the latest.
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
  const from = running[0] ?? latest
  const others = [...running, ...failed, latest].filter(revision => revision !== undefined)
  return others.find(revision => isWanted(particle, from, revision, differencesFrom)) ?? from
}

/** Values at ignored paths that a new revision keeps although the manifest states others. */
export function keptFrom(
  particle: TaskDefinitionParticle,
  revision: Revision,
  sensitivity: Sensitivity,
): FoundChange[] {
  return ignoredDifferences(particle, request(particle.definition), revision, sensitivity).map(
    ({ path, steps, before, sensitive, live }) => ({
      path,
      steps,
      ...(sensitive ? { sensitive } : before !== undefined && { after: before }),
      ...(live !== undefined && { live }),
    }),
  )
}

/** The changes for a service that goes from a revision to `to`. */
export function differencesInUse(
  particle: TaskDefinitionParticle,
  revision: Revision,
  to: Revision | undefined,
  stated: readonly FoundChange[],
  sensitivity: Sensitivity,
): FoundChange[] {
  const definition = registrationOf(particle, to)
  // Values from AWS have no place in the manifest, so secrets are recognized by the values themselves.
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
