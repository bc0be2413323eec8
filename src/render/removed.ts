/** What was declared once, is not any more and is still there: since when, how to delete it, how to let it go. */
import type { Removed } from '../engine/document.ts'
import { atMost } from './context.ts'
import { code, cut } from './escape.ts'
import type { Rung } from './fit.ts'
import { bullets, details, particle, phrase, sourceCode } from './markdown.ts'
import { count, name, type Phrase, plainly } from './words.ts'

/** Longer lists fold, so that the table above and the changes below stay on one screen. */
const FEW = 5

const letGo = ({ unmanaged }: Removed): boolean => unmanaged !== undefined
const leftAlone = ({ unmanaged }: Removed): boolean => unmanaged === undefined

/** Since when nobody declares it, as far as that is known. */
function since({ since: commit, pullRequest, declared }: Removed): Phrase {
  const by = pullRequest === undefined ? '' : `#${pullRequest}`
  if (commit) return [', since ', name(cut(commit, 7)), by && ` (${by})`]
  if (by) return [`, removed by ${by}`]
  if (!declared) return []
  const { file, line, commit: last } = declared
  return [', last declared in ', name(`${cut(file, 160)}:${line}`), ' at ', name(cut(last, 7))]
}

const marks = ({ renamedTo, kept }: Removed): Phrase => [
  ...(renamedTo ? ['; renamed to ', name(cut(renamedTo, 160)), ', and ECS cannot rename: there are two'] : []),
  ...(kept ? ['; kept by ', name('persist_on_termination')] : []),
]

const pieces = (all: Phrase): Phrase => all.filter(piece => piece !== '')

const DELETE: Phrase = [
  'To delete one, declare it again with ',
  name('desired_state: terminated'),
  ' or set ',
  name('on-removed: terminate'),
  '.',
]

/** The line is that of the first, so that it can be copied. */
const release = (all: readonly Removed[]): Phrase => {
  const thing = all.find(({ thing: spelled }) => spelled !== undefined)?.thing
  return thing === undefined
    ? []
    : [
        ' To let one go, add it to the manifests: ',
        name(`unmanaged: ['${cut(thing, 300).replaceAll("'", "''")}']`),
        '.',
      ]
}

export function removedSections(all: readonly Removed[], rung: Rung, sourceUrl: string | undefined): string {
  return [aloneSection(all.filter(leftAlone), rung), letGoSection(all.filter(letGo), rung, sourceUrl)]
    .filter(section => section !== '')
    .join('\n\n')
}

/** What an apply has left alone. What it has let go is spoken of no more. */
export const removedNote = (all: readonly Removed[], rung: Rung): string => aloneSection(all.filter(leftAlone), rung)

function aloneSection(all: readonly Removed[], rung: Rung): string {
  if (all.length === 0) return ''
  const entries = all.map(
    one => `${particle(one.particle)}${spelled(one)}, ${stateOf(one)}${phrase(pieces([...since(one), ...marks(one)]))}`,
  )
  const list = bullets(atMost(entries, rung.entries)).join('\n')
  const what = '👻 {}Not declared any more, still there, and left alone'
  const how = phrase([...DELETE, ...release(all)])
  return all.length > FEW
    ? details(`${what.replace('{}', '<b>')}</b> · ${count(all.length, 'particle')}`, `${list}\n\n${how}`)
    : `${what.replace('{}', '**')}:**\n\n${list}\n\n${how}`
}

function letGoSection(all: readonly Removed[], rung: Rung, sourceUrl: string | undefined): string {
  if (all.length === 0) return ''
  const entries = all.map(
    one =>
      `${particle(one.particle)}${spelled(one)}, ${stateOf(one)}${one.unmanaged ? ` · ${sourceCode(one.unmanaged, sourceUrl)}` : ''}`,
  )
  return `🕊️ **Let go by a line that is not applied yet, and forgotten once it is:**\n\n${bullets(atMost(entries, rung.entries)).join('\n')}`
}

const spelled = ({ thing }: Removed): string => (thing === undefined ? '' : ` (${code(cut(thing, 300))})`)
const stateOf = ({ state }: Removed): string => phrase([cut(state, 40)])

/** The same for a log, a line each. */
export function removedLines(all: readonly Removed[]): readonly string[] {
  const alone = all.filter(leftAlone)
  const gone = all.filter(letGo)
  const line = (one: Removed) =>
    `  ${one.particle} (${one.state})${one.thing === undefined ? '' : `, ${one.thing}`}${plainly([...since(one), ...marks(one)])}`
  return [
    ...(alone.length > 0
      ? ['', 'Not declared any more, and still there:', ...alone.map(line), plainly([...DELETE, ...release(alone)])]
      : []),
    ...(gone.length > 0
      ? [
          '',
          'Let go by a line that is not applied yet, and forgotten once it is:',
          ...gone.map(one => `${line(one)}, let go at ${one.unmanaged?.file}:${one.unmanaged?.line}`),
        ]
      : []),
  ]
}
