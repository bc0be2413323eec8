import type { StaticStructureSchema } from '@smithy/types'
import type { MapNode, Node, Particle } from '../particle.ts'
import type { Type } from './types.ts'

/** Whatever has a definition: a particle, or one in the making. */
export interface HasDefinition {
  readonly definition: object
}

/** Takes a problem: the value that is wrong, and a sentence of one line that begins with the value's path. */
export type Report = (at: Node, message: string) => void

/**
 * Reports what ECS would refuse, beyond types, enums and limits, as far as one definition tells. `sound`: the definition
 * fits the model; otherwise a member that seems to be missing may only be misspelt.
 */
export type Check = (definition: MapNode, sound: boolean, report: Report) => void

/** Reports what a particle and its declared parents state differently. */
export type CheckParents = (particle: Particle, parents: readonly Particle[], report: Report) => void

/** The part of a flavor that a manifest is read by: words, no calls. */
export interface Vocabulary {
  readonly name: string
  /** What one is, and what the members and options of this tool's own are for: one sentence each, for editors. */
  readonly description: string
  readonly descriptions: Readonly<Record<string, string>>
  /** The request that a definition becomes: checks, coerces, drives the comparison. Undefined for a mere reference. */
  readonly model: StaticStructureSchema | undefined
  /** The structure by which ECS describes one; left out for what ECS does not describe. */
  readonly answer?: StaticStructureSchema
  /** A member that children may inherit beside those of `answer`: what their own member is filled with. */
  readonly inheritable?: string
  readonly check?: Check
  readonly checkParents?: CheckParents
  /** Members of a definition that are this tool's own, beside the model's: `taskName`, `stopReason`, `revision`. */
  readonly ownMembers: Readonly<Record<string, Type>>
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
  /** Members that identify it, in the order in which `identity` spells them: the last is its name. */
  readonly identifiedBy: readonly string[]
  /** Other members and options that finding it, and ending it, takes when its manifest is long gone. */
  readonly neededToEnd: { readonly members: readonly string[]; readonly options: readonly string[] }
  /** Who it is, apart from its region: two particles with one identity are an error. Undefined while a part is missing. */
  identity(particle: HasDefinition): string | undefined
  /** What children put into the member that they need this particle for, as far as it is known without AWS. */
  staticReference(particle: HasDefinition): string | undefined
}
