/** The blocks that faces are built from. Everything that comes in is escaped here or has been. */
import type { Source } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { code, codeTag, cut, html, link, told, webAddress } from './escape.ts'
import type { Phrase } from './words.ts'

/** A phrase with its names as code. A piece keeps the spaces that part it from its neighbours. */
export const phrase = (pieces: Phrase): string =>
  pieces
    .map(piece => {
      if (typeof piece !== 'string') return code(piece.name)
      const [, before = '', text = '', after = ''] = /^(\s?)(.*?)(\s?)$/s.exec(piece) ?? []
      return `${before && ' '}${told(text)}${after && ' '}`
    })
    .join('')

/** A particle's name as code. */
export const particle = (id: ParticleId): string => code(cut(id, 160))

/** Somebody else's words as part of a paragraph. */
export const words = (text: string, most: number): string => told(cut(text, most))

/** `particles/web.yml:14` */
const place = ({ file, line }: Source): string => `${cut(file, 160)}:${line}`

/** Where a source line can be read, when the caller knows. */
const sourceAddress = ({ file, line }: Source, base: string | undefined): string | undefined =>
  base === undefined
    ? undefined
    : webAddress(`${base.replace(/\/$/, '')}/${file.split('/').map(encode).join('/')}#L${line}`)

/** A lone surrogate cannot be encoded; it has no file either. */
const encode = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))

/** A link to a source line, when the caller knows where that is. `text` has been escaped. */
export const sourceLink = (text: string, source: Source, base: string | undefined): string =>
  link(text, sourceAddress(source, base))

export const sourceCode = (source: Source, base: string | undefined): string =>
  sourceLink(code(place(source)), source, base)

/** The same between HTML tags, where Markdown is not read. */
export function sourceTag(source: Source, base: string | undefined): string {
  const address = sourceAddress(source, base)
  const text = codeTag(place(source))
  return address === undefined ? text : `<a href="${address.replace(/&/g, '&amp;')}">${text}</a>`
}

/** Where GitHub would take part of a name for a commit, it stands as code: so it can be copied as it is. */
export const bold = (text: string): string => {
  const plain = html(text)
  return `<b>${/[0-9a-f]&#8203;[0-9a-f]/i.test(plain) ? codeTag(text) : plain}</b>`
}

/** Folded text. `summary` is HTML, `body` Markdown; the blank lines keep one out of the other. */
export const details = (summary: string, body: string, open = false): string =>
  `<details${open ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`

/** A table whose cells have been escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')

/** https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
export const alert = (kind: 'NOTE' | 'WARNING' | 'CAUTION', lines: readonly string[]): string =>
  [`[!${kind}]`, ...lines].map(line => (line === '' ? '>' : `> ${line}`)).join('\n')

export const bullets = (items: readonly string[]): readonly string[] => items.map(item => `- ${item}`)
