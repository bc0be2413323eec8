/** What reviewers read of each flavor's steps, from the flavor's own words. */
import { flavors } from '../flavors/index.ts'
import type { ParticleId } from '../particle.ts'
import { vocabularyOf } from '../schema/address.ts'
import type { Phrases } from '../schema/vocabulary.ts'

/** Of a flavor that a newer version of this tool has planned. */
const unknown: Phrases = { starts: 'is started', ends: 'is stopped', ended: 'deleted' }

export const phrasesOf = (id: ParticleId): Phrases =>
  vocabularyOf(id.slice(0, Math.max(0, id.indexOf(':'))), flavors)?.phrases ?? unknown
