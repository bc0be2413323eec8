/**
 * Reads a comment as GitHub does, as far as the renderer's own Markdown needs it. Throws an error that names the first text
 * which has become structure, or which GitHub would link.
 */

export interface Structure {
  readonly details: number
  readonly rows: number
  readonly fences: number
  readonly headings: number
  readonly links: readonly string[]
  readonly alerts: number
}

const fail = (what: string, line: string): never => {
  throw new Error(`${what}: ${JSON.stringify(line.slice(0, 400))}`)
}

/** Controls but the line feed, bidi and zero-width characters, line separators, lone surrogates, tags. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]|[\u{e0000}-\u{e0fff}]|\p{Cs}/u

const TAGS = /<\/?(?:details|summary|b|code)>|<details open>|<span>\$<\/span>|(?<=^\| \S+&nbsp;\w+)<br>/gu
const LINK = /\[(?:Run|The run|CODE)\]\((https:\/\/[^\s()<>]*)\)/g
const ANCHOR = /<a href="(https:\/\/[^\s"<>]*)">CODE<\/a>/g

const decode = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')

/** Text that GitHub links where it is not code. */
const LIVE: readonly (readonly [string, RegExp])[] = [
  ['mention or address', /@[A-Za-z0-9]/],
  ['issue', /(?:^|[\s([{/])#\d|[\w/]#\d/],
  ['issue', /\bGH-\d/i],
  ['address', /https?:\/\/|(?:^|[^A-Za-z0-9])www\.|mailto:/i],
  ['commit', /(?<!\w)(?=\d*[a-f])[0-9a-f]{7,40}(?!\w)/],
]

export function structure(markdown: string): Structure {
  const unseen = UNSEEN.exec(markdown)
  if (unseen)
    fail(
      `unseen character ${unseen[0].codePointAt(0)?.toString(16)}`,
      markdown.slice(unseen.index - 40, unseen.index + 40),
    )
  const found = { details: 0, rows: 0, fences: 0, headings: 0, alerts: 0, links: [] as string[] }
  const [first = '', ...lines] = markdown.split('\n')
  if (!/^<!-- ecs-particles:[^<>]* --><!-- run=[^<>]* head=[^<>]* -->$/.test(first)) fail('no marker', first)
  let depth = 0
  let fence: Fence | undefined
  let columns = 0
  for (const line of lines) {
    if (fence) {
      if (isInside(line, fence)) continue
      fence = undefined
      continue
    }
    const [, bar, info] = /^(`{3,})(diff|text|mermaid)$/.exec(line) ?? []
    if (bar && info) {
      fence = { bar, info }
      found.fences++
      continue
    }
    if (/^> \[!(?:NOTE|WARNING|CAUTION)\]$/.test(line)) {
      found.alerts++
      continue
    }
    if (/^(?: {4}|~~~|```|\t)/.test(line)) fail('a block that nobody opened', line)
    if (/^(?:=+|-+)$/.test(line)) fail('a rule or heading', line)
    if (line.startsWith('#')) found.headings++
    const text = withoutCode(line)
    columns = columnsOf(text, columns)
    if (columns > 0) found.rows++
    for (const tag of text.match(/<\/?details/g) ?? []) {
      depth += tag === '<details' ? 1 : -1
      if (depth < 0 || depth > 1) fail('details in disorder', line)
      if (depth === 1) found.details++
    }
    found.links.push(...linksOf(text))
  }
  if (fence) fail('an open fence', markdown.slice(-200))
  if (depth !== 0) fail('open details', markdown.slice(-200))
  return found
}

interface Fence {
  readonly bar: string
  readonly info: string
}

/** False for the line that closes the fence. */
function isInside(line: string, { bar, info }: Fence): boolean {
  if (/^`+$/.test(line) && line.length >= bar.length) return false
  if (info === 'diff' && !/^[-+! ] /.test(line)) fail('no diff line', line)
  if (info === 'mermaid' && !isMermaid(line)) fail('no Mermaid line', line)
  return true
}

function withoutCode(line: string): string {
  const text = line.replace(/`[^`]+`/g, code => {
    if (code.includes('|')) fail('a bar in code', line)
    return 'CODE'
  })
  return text.includes('`') ? fail('an open backtick', line) : text
}

/** The number of bars in a row of a table, which is that of the row above; 0 outside of tables. */
function columnsOf(text: string, above: number): number {
  if (!/^\|.*\|$/.test(text)) return text.includes('|') ? fail('a bar', text) : 0
  const bars = text.split('|').length
  return above === 0 || bars === above ? bars : fail(`${bars} bars, not ${above}`, text)
}

/** The addresses of links. Without these, without code and tags, the line is text that GitHub changes nothing of. */
function linksOf(line: string): readonly string[] {
  const links: string[] = []
  const linked = (name: string) => (_: string, address: string) => {
    links.push(address)
    return name
  }
  const plain = line
    .replace(/<code>(?:[^<]|<span>\$<\/span>)*<\/code>/g, text => {
      if (/https?:\/\/|www\.|@[A-Za-z0-9]/i.test(decode(text))) fail('an address in code', line)
      return 'CODE'
    })
    .replace(ANCHOR, linked('CODE'))
    .replace(LINK, linked('LINK'))
    // A dollar separates words, in a tag as outside of one.
    .replace(TAGS, tag => (tag.includes('$') ? '$' : ''))
    .replace(/^> ?/, '')
  const open = /[<>[\]\\]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|~/.exec(plain)
  if (open) fail(`an open ${open[0]}`, plain)
  const references = plain.replace(/&(?:#\d+|lt|gt|amp|nbsp);/g, '')
  if (references.includes('&')) fail('an open &', plain)
  if (/\*/.test(references.replace(/\*\*/g, ''))) fail('an open *', plain)
  if ((references.match(/\*\*/g) ?? []).length % 2) fail('an open **', plain)
  const text = decode(plain)
  for (const [what, pattern] of LIVE) if (pattern.test(text)) fail(what, text)
  return links
}

const isMermaid = (line: string): boolean =>
  [
    /^graph LR$/,
    /^ {2}n\d+\["(?:[A-Za-z0-9 _./-]|#\d+;)*"\]$/,
    /^ {2}n\d+ --> n\d+$/,
    /^ {2}classDef [a-z]+ [a-z0-9#:,]+$/,
    /^ {2}class n\d+(?:,n\d+)* [a-z]+$/,
  ].some(pattern => pattern.test(line))
