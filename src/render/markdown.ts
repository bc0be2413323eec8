/** Blocks of Markdown. Text that comes in is escaped here, unless the function says that its caller has escaped it. */
import type { Source } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { code, codeTag, cut, html, link, proseWithNames, thousands, webAddress } from './escape.ts'
import type { Phrase } from './words.ts'

/** A phrase with its names as code. Each piece keeps the spaces between it and its neighbours; no line ends after a sign. */
export const phraseMarkdown = (phrase: Phrase): string =>
  phrase
    .map(piece => {
      if (typeof piece !== 'string') return 'sign' in piece ? `${piece.sign}&nbsp;` : code(piece.name)
      const [, before = '', text = '', after = ''] = /^(\s?)(.*?)(\s?)$/s.exec(piece) ?? []
      return `${before && ' '}${proseWithNames(text)}${after && ' '}`
    })
    .join('')

/** An id as code. */
export const particleCode = (id: ParticleId): string => code(cut(id, 160))

/** A message as part of a paragraph, cut to `most` characters. */
export const message = (text: string, most: number): string => proseWithNames(cut(text, most))

/** `particles/web.yml:14` */
const place = ({ file, line }: Source): string => `${cut(file, 160)}:${line}`

/** Address of a source line; undefined where the address of the repository's files is unknown. */
const sourceAddress = ({ file, line }: Source, base: string | undefined): string | undefined =>
  base === undefined
    ? undefined
    : webAddress(`${base.replace(/\/$/, '')}/${file.split('/').map(encode).join('/')}#L${line}`)

/** `encodeURIComponent` throws at a lone surrogate, which no file name has. */
export const encode = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))

/** A link to a source line, or the text alone where no address is known. The caller has escaped `text`. */
export const sourceLink = (text: string, source: Source, base: string | undefined): string =>
  link(text, sourceAddress(source, base))

/** `file:line` as code, with a link where an address is known. */
export const sourceCode = (source: Source, base: string | undefined): string =>
  sourceLink(code(place(source)), source, base)

/** A link to a source line in HTML, for places where GitHub reads no Markdown. */
export function sourceTag(source: Source, base: string | undefined): string {
  const address = sourceAddress(source, base)
  const text = codeTag(place(source))
  return address === undefined ? text : `<a href="${address.replace(/&/g, '&amp;')}">${text}</a>`
}

/** Bold in HTML. A name with digits that GitHub would link as a commit is code, which readers can copy. */
export const bold = (text: string): string => {
  const plain = html(text)
  return `<b>${/[0-9a-f]&#8203;[0-9a-f]/i.test(plain) ? codeTag(text) : plain}</b>`
}

/** Folded text. `summary` is HTML, `body` Markdown; the blank lines keep one out of the other. */
export const folded = (summary: string, body: string, isOpen = false): string =>
  `<details${isOpen ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`

/**
 * The first cell of a row: what happens above the particle. Beside one another both are so wide that the last column of the
 * table leaves a narrow window.
 */
export const doneTo = (emoji: string, word: string, particle: string): string => `${emoji}&nbsp;${word}<br>${particle}`

/** A table whose cells the caller has escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')

/** https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
export const alert = (kind: 'NOTE' | 'WARNING' | 'CAUTION', text: string): string =>
  [`[!${kind}]`, ...text.split('\n')].map(line => (line === '' ? '>' : `> ${line}`)).join('\n')

/** Blocks with a blank line between two. */
export const blocks = (...all: readonly (string | false)[]): string => all.filter(Boolean).join('\n\n')

/** Sentences of one paragraph. */
export const sentences = (...all: readonly (string | false | undefined)[]): string => all.filter(Boolean).join(' ')

/** Longer lists fold, so that the table above and the changes below stay on one screen. */
export const OPEN_ENTRIES = 5

/** The first entries, and one that counts the others. */
const atMost = (entries: readonly string[], most: number, where: string): readonly string[] =>
  entries.length > most ? [...entries.slice(0, most), `and ${thousands(entries.length - most)} more${where}`] : entries

/** A list of one-line entries that the caller has escaped, cut to `most`. `where`: where readers find the others. */
export const bullets = (entries: readonly string[], most = Number.POSITIVE_INFINITY, where = ''): string =>
  atMost(entries, most, where)
    .map(entry => `- ${entry}`)
    .join('\n')

/** Names as code in one line, and a count of those beyond `most`. */
export const particleList = (ids: readonly ParticleId[], most: number): string =>
  atMost(ids.map(particleCode), most, '').join(', ')
