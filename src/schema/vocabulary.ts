import type { StaticStructureSchema } from '@smithy/types'

/** Whatever has a definition: a particle, or one in the making. */
export interface HasDefinition {
  readonly definition: object
}

/** The part of a flavor that is words: what manifests may state, and what people read of it. */
export interface Vocabulary {
  readonly name: string
  /** The request that a definition becomes: checks, coerces, drives the comparison. Undefined for a mere reference. */
  readonly model: StaticStructureSchema | undefined
  /** Members of a definition that are this tool's own, beside the model's: `taskName`, `stopReason`, `revision`. */
  readonly ownMembers: Readonly<Record<string, 'string' | 'number' | 'attributes'>>
  /** True for a reference: members that are not known here are nobody's business. */
  readonly open?: true
  /** Members of the model that a definition may not state, each with what to do instead. */
  readonly refused: Readonly<Record<string, string>>
  /** PCF's unique keys: dotted, `[]` for every element of a list. */
  readonly required: readonly string[]
  /** Of these, the one that `pcf_name` stands in for where a definition leaves it out. */
  readonly pcfNameMember?: string
  /** PCF's names → the API's. */
  readonly aliases: Readonly<Record<string, string>>
  /** Flavor of a parent → the member of the definition that it fills. */
  readonly needs: Readonly<Record<string, string>>
  /** Options allowed in `custom_config`, by name. */
  readonly options: Readonly<Record<string, 'boolean' | 'number' | 'strings' | readonly string[]>>
  /** Members that identify the thing within its region, in the order in which plans spell them: the last is its name. */
  readonly identifiedBy: readonly string[]
  /** Children refer to the thing by its name. False where only AWS can tell the reference, as of a revision. */
  readonly referredByName: boolean
  /** Other members and options that finding and ending the thing takes when its manifest is long gone. */
  readonly neededToEnd: { readonly members: readonly string[]; readonly options: readonly string[] }
  /** For editors: what the flavor is, and what its own members and options mean. */
  readonly description: string
  readonly descriptions: Readonly<Record<string, string>>
  /** Missing for a reference, which no plan has a step of. */
  readonly phrases?: Phrases
}

/** What reviewers read of a flavor's steps. */
export interface Phrases {
  /** `is created` */
  readonly starts: string
  /** `is drained` */
  readonly ends: string
  /** The same as a result. A thing that is not deleted can be started again: its end is called a stop. */
  readonly ended: 'deleted' | 'stopped' | 'drained'
  /** The thing runs to an end: plans say what waits for it, and reports how it runs again. */
  readonly isRun?: true
  /** The member with the number of tasks that a start begins with. */
  readonly taskCount?: string
  /** The changes of all members but these make a new revision, which children refer to anew. */
  readonly revisedUnless?: readonly string[]
  /** Members whose change is a new deployment. */
  readonly deployedBy?: readonly string[]
}
