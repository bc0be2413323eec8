import type { StaticStructureSchema } from '@smithy/types'
import type { MapNode, Particle } from '../particle.ts'
import type { Check, Stated } from './refusals.ts'
import type { Type } from './types.ts'

/** A particle that is to run, with its definition. */
export interface Declared {
  readonly particle: Particle
  readonly stated: Stated
}

/** The part of a flavor that is words: what manifests may state, and what people read of it. No calls. */
export interface Vocabulary {
  readonly name: string
  /** For editors, one sentence each: the flavor, and the members and options that are this tool's own. */
  readonly description: string
  readonly descriptions: Readonly<Record<string, string>>
  /**
   * The request that a definition becomes: drives the check, the coercion and the comparison. Left out where no request makes
   * the resource.
   */
  readonly model?: StaticStructureSchema
  /** The structure in ECS's Describe answers; left out for a flavor that ECS does not describe. */
  readonly answer?: StaticStructureSchema
  /** A name that children may inherit beside the members of `answer`: the member of theirs that this particle fills. */
  readonly inheritable?: string
  readonly check?: Check
  /** Reports what a particle and its declared parents state differently. */
  readonly checkParents?: (child: Declared, parents: readonly Declared[]) => void
  /** Members of a definition that are this tool's own, beside the model's: `taskName`, `stopReason`, `revision`. */
  readonly ownMembers: Readonly<Record<string, Type>>
  /** What a definition leaves out is none, so that a null in it equals absence. */
  readonly whole?: true
  /** True for a reference: a definition may have members that the vocabulary does not know. */
  readonly open?: true
  /** Members of the model that a definition may not state, each with what to do instead. */
  readonly refused: Readonly<Record<string, string>>
  /** PCF's unique keys: dotted, `[]` for every element of a list. */
  readonly required: readonly string[]
  /** The unique key whose value is `pcf_name` where a definition leaves the key out. */
  readonly pcfNameMember?: string
  /** PCF's names → the API's. */
  readonly aliases: Readonly<Record<string, string>>
  /** Flavor of a parent → the member of the definition that it fills. */
  readonly needs: Readonly<Record<string, string>>
  /** Whether this definition does without a member of `needs`. */
  readonly spares?: (member: string, definition: MapNode) => boolean
  /** Options allowed in `custom_config`, by name. */
  readonly options: Readonly<Record<string, 'boolean' | 'number' | 'strings' | readonly string[]>>
  /**
   * What to state to take a member away from AWS, by the member's path. `[]` after a list whose elements are owned one by one.
   * A member that is not among them stays as it is until another value is stated.
   */
  readonly toRemove?: Readonly<Record<string, string>>
  /** Members that identify the resource within its region, in the order in which plans spell them: the last is its name. */
  readonly identifiedBy: readonly string[]
  /** Children refer to the resource by its name. False where only AWS knows the reference, as of a revision. */
  readonly referredByName: boolean
  /** Other members and options that are needed to find and to end a particle whose manifest is gone. */
  readonly neededToEnd?: { readonly members?: readonly string[]; readonly options?: readonly string[] }
  /** Missing for a reference, which no plan has a step of. */
  readonly phrases?: Phrases
}

/** Words by which reviewers read a flavor's steps. */
export interface Phrases {
  /** `is created` */
  readonly starts: string
  /** The same as a word, where a resource is not started: a definition is registered. */
  readonly startWord?: 'register'
  /** `is drained` */
  readonly ends: string
  /** The same as a result. A resource that is not deleted can be started again: its end is called a stop. */
  readonly ended: 'deleted' | 'stopped' | 'drained'
  /** The resource runs to an end: plans name what waits for it, and reports how it runs again. */
  readonly isRun?: true
  /** The member with the number of tasks that a start begins with. */
  readonly taskCount?: string
  /** The changes of all members but these make a new revision, which children refer to anew. */
  readonly revisedUnless?: readonly string[]
  /** Members whose change is a new deployment. */
  readonly deployedBy?: readonly string[]
}

/** The words of a flavor that has none of its own, or that only a newer version of this tool knows. */
export const defaultPhrases: Phrases = { starts: 'is started', ends: 'is stopped', ended: 'deleted' }
