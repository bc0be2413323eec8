/** Particles that no manifest declares any more and that still exist: since when, how to delete them, how to let them go. */
import type { Removed } from '../engine/document.ts'
import { code, cut } from './escape.ts'
import type { Rung } from './fit.ts'
import { blocks, bullets, folded, OPEN_ENTRIES, particleCode, phraseMarkdown, sourceCode } from './markdown.ts'
import { count, name, type Phrase } from './words.ts'

/** A line of `unmanaged` lets the particle go. */
export const isLetGo = ({ unmanaged }: Removed): boolean => unmanaged !== undefined

/** Since when no manifest declares the particle, as far as known, and why it stays. */
export function removedPhrase({ since: commit, pullRequest, declared, renamedTo, kept }: Removed): Phrase {
  const by = pullRequest === undefined ? '' : `#${pullRequest}`
  const since = (): Phrase => {
    if (commit) return [', since ', name(cut(commit, 7)), ...(by ? [` (${by})`] : [])]
    if (by) return [`, removed by ${by}`]
    if (!declared) return []
    const place = name(`${cut(declared.file, 160)}:${declared.line}`)
    return [', last declared in ', place, ' at ', name(cut(declared.commit, 7))]
  }
  return [
    ...since(),
    ...(renamedTo ? ['; renamed to ', name(cut(renamedTo, 160)), ', and ECS cannot rename: there are two'] : []),
    ...(kept ? ['; kept by ', name('persist_on_termination')] : []),
  ]
}

/** How to delete a removed particle, and how to let it go: by the line of the first, ready to be copied. */
export function removedRemedy(all: readonly Removed[]): Phrase {
  const thing = all.find(one => one.thing !== undefined)?.thing
  const line = thing !== undefined && name(`unmanaged: ['${cut(thing, 300).replaceAll("'", "''")}']`)
  return [
    'To delete one, declare it again with ',
    name('desired_state: terminated'),
    ' or set ',
    name('on-removed: terminate'),
    '.',
    ...(line ? [' To let one go, add it to the manifests: ', line, '.'] : []),
  ]
}

export const letGoTitle = 'Let go by a line that is not applied yet, and forgotten once it is:'

export const removedSections = (all: readonly Removed[], rung: Rung, sourceUrl: string | undefined): string =>
  blocks(removedSection(all, rung), letGoSection(all.filter(isLetGo), rung, sourceUrl))

/** Particles that stay in AWS without a manifest. */
export function removedSection(removed: readonly Removed[], rung: Rung): string {
  const all = removed.filter(one => !isLetGo(one))
  if (all.length === 0) return ''
  const entries = all.map(one => `${subject(one)}${phraseMarkdown(removedPhrase(one))}`)
  const text = blocks(bullets(entries, rung.entries), phraseMarkdown(removedRemedy(all)))
  const title = 'Not declared any more, still there, and left alone'
  return all.length > OPEN_ENTRIES
    ? folded(`👻 <b>${title}</b> · ${count(all.length, 'particle')}`, text)
    : blocks(`👻 **${title}:**`, text)
}

function letGoSection(all: readonly Removed[], rung: Rung, sourceUrl: string | undefined): string {
  if (all.length === 0) return ''
  const entries = all.map(one => `${subject(one)}${one.unmanaged ? ` · ${sourceCode(one.unmanaged, sourceUrl)}` : ''}`)
  return blocks(`🕊️ **${letGoTitle}**`, bullets(entries, rung.entries))
}

/** The particle, its line for `unmanaged`, and its state. */
const subject = ({ particle, thing, state }: Removed): string =>
  `${particleCode(particle)}${thing === undefined ? '' : ` (${code(cut(thing, 300))})`}, ${phraseMarkdown([cut(state, 40)])}`
