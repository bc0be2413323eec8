/** Particles that no manifest declares any more and that still exist: since when, how to delete them, how to let them go. */
import type { Plan, Removed, UndeclaredMember } from '../engine/document.ts'
import { type Context, shortCommit } from './comment.ts'
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
    if (commit) return [', since ', name(shortCommit(commit)), ...(by ? [` (${by})`] : [])]
    if (by) return [`, removed by ${by}`]
    if (!declared) return []
    const place = name(`${cut(declared.file, 160)}:${declared.line}`)
    return [', last declared in ', place, ' at ', name(shortCommit(declared.commit))]
  }
  return [
    ...since(),
    ...(renamedTo ? ['; renamed to ', name(cut(renamedTo, 160)), ': there are two'] : []),
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

/** What a plan says of members that are not declared any more. */
export const undeclaredTitle = 'No longer declared, stays in AWS'

/** ``loadBalancers` of `ecs_service:web` (was declared at `web.yml:31`); write `[]` to remove it` */
export function undeclaredPhrase({
  particle,
  path,
  declared: { file, line, commit },
  toRemove,
}: UndeclaredMember): Phrase {
  return [
    name(cut(path, 160)),
    ' of ',
    name(cut(particle, 160)),
    ' (was declared at ',
    name(`${cut(file, 160)}:${line}`),
    ' in ',
    name(shortCommit(commit)),
    '); ',
    ...(toRemove === undefined
      ? ['the value in AWS stands until one is stated again']
      : ['write ', name(toRemove), ' to remove it']),
  ]
}

/** Members that no manifest states any more: never a change by itself, and nothing that should go unseen. */
function undeclaredSection(all: readonly UndeclaredMember[], rung: Rung): string {
  if (all.length === 0) return ''
  const entries = all.map(member => phraseMarkdown(undeclaredPhrase(member)))
  return leftSection(undeclaredTitle, all.length, 'member', bullets(entries, rung.entries))
}

const leftSection = (title: string, number: number, noun: string, text: string): string =>
  number > OPEN_ENTRIES ? folded(`👻 <b>${title}</b> · ${count(number, noun)}`, text) : blocks(`👻 **${title}:**`, text)

const letGoNow = 'Let go by a line of `unmanaged`, and forgotten from now on:'
/** Heads removed particles whose line of `unmanaged` is proposed. */
export const letGoTitle = 'Let go by a line that is not applied yet, and forgotten once it is:'

/** What is in AWS and in no manifest: members, then particles. `isApplied`: the lines that let go have been applied with the rest. */
export const leftInAws = (
  { undeclared = [], removed = [] }: Plan,
  { sourceUrl }: Context,
  rung: Rung,
  isApplied = false,
): string =>
  blocks(
    undeclaredSection(undeclared, rung),
    removedSection(removed, rung),
    letGoSection(isApplied ? letGoNow : letGoTitle, removed.filter(isLetGo), rung, sourceUrl),
  )

/** Particles that stay in AWS without a manifest. */
function removedSection(removed: readonly Removed[], rung: Rung): string {
  const all = removed.filter(one => !isLetGo(one))
  if (all.length === 0) return ''
  const entries = all.map(one => `${subject(one)}${phraseMarkdown(removedPhrase(one))}`)
  const text = blocks(bullets(entries, rung.entries), phraseMarkdown(removedRemedy(all)))
  return leftSection('Not declared any more, still there, and left alone', all.length, 'particle', text)
}

function letGoSection(title: string, all: readonly Removed[], rung: Rung, sourceUrl: string | undefined): string {
  if (all.length === 0) return ''
  const entries = all.map(one => `${subject(one)}${one.unmanaged ? ` · ${sourceCode(one.unmanaged, sourceUrl)}` : ''}`)
  return blocks(`🕊️ **${title}**`, bullets(entries, rung.entries))
}

/** The particle, its line for `unmanaged`, and its state. */
const subject = ({ particle, thing, state }: Removed): string =>
  `${particleCode(particle)}${thing === undefined ? '' : ` (${code(cut(thing, 300))})`}, ${phraseMarkdown([cut(state, 40)])}`
