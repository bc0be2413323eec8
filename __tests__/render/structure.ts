/**
 * Reads a comment the way GitHub does, as far as that is needed to see that everything in it is where it was put. Throws with what
 * is out of place. It accepts what the renderer writes itself and nothing else.
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

const TAGS = /<\/?(?:details|summary|b|code)>|<details open>|<span>\$<\/span>/g
const LINK = /\[(?:Run|Plan as JSON|The run|The plan as JSON|CODE)\]\((https:\/\/[^\s()<>]*)\)/g
const ANCHOR = /<a href="(https:\/\/[^\s"<>]*)">CODE<\/a>/g

const decode = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')

/** What GitHub would make something of, in text outside of code. */
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
  const lines = markdown.split('\n')
  let depth = 0
  let fence: { bar: string; info: string } | undefined
  let columns = 0
  lines.forEach((line, index) => {
    if (fence) {
      if (/^`+$/.test(line) && line.length >= fence.bar.length) fence = undefined
      else if (fence.info === 'diff' && !/^[-+! ] /.test(line)) fail('no diff line', line)
      else if (fence.info === 'mermaid' && !isMermaid(line)) fail('no Mermaid line', line)
      return
    }
    if (index === 0) {
      if (!/^<!-- ecs-particles:[^<>]* --><!-- run=[^<>]* head=[^<>]* -->$/.test(line)) fail('no marker', line)
      return
    }
    const opening = /^(`{3,})(diff|text|mermaid)$/.exec(line)
    if (opening) {
      fence = { bar: opening[1] ?? '', info: opening[2] ?? '' }
      found.fences++
      return
    }
    if (/^(?: {4}|~~~|```|\t)/.test(line)) fail('a block that nobody opened', line)
    if (line.startsWith('#')) found.headings++
    if (/^> \[!(?:NOTE|WARNING|CAUTION)\]$/.test(line)) {
      found.alerts++
      return
    }
    if (/^(?:=+|-+)$/.test(line)) fail('a rule or heading', line)

    const withoutCode = line.replace(/`[^`]+`/g, text => {
      if (text.includes('|')) fail('a bar in code', line)
      return 'CODE'
    })
    if (withoutCode.includes('`')) fail('an open backtick', line)
    if (/^\|.*\|$/.test(withoutCode)) {
      const bars = withoutCode.split('|').length
      if (columns === 0) columns = bars
      if (bars !== columns) fail(`${bars} bars, not ${columns}`, line)
      found.rows++
    } else {
      columns = 0
      if (withoutCode.includes('|')) fail('a bar', line)
    }
    for (const tag of withoutCode.match(/<\/?details/g) ?? []) {
      depth += tag === '<details' ? 1 : -1
      if (depth < 0 || depth > 1) fail('details in disorder', line)
      if (depth === 1) found.details++
    }
    const plain = withoutCode
      .replace(/<code>(?:[^<]|<span>\$<\/span>)*<\/code>/g, text => {
        if (/https?:\/\/|www\.|@[A-Za-z0-9]/i.test(decode(text))) fail('an address in code', line)
        return 'CODE'
      })
      .replace(ANCHOR, (_, address) => {
        found.links.push(address)
        return 'CODE'
      })
      .replace(LINK, (_, address) => {
        found.links.push(address)
        return 'LINK'
      })
      // A dollar parts words, in whatever it stands.
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
  })
  if (fence) fail('an open fence', markdown.slice(-200))
  if (depth !== 0) fail('open details', markdown.slice(-200))
  return found
}

const isMermaid = (line: string): boolean =>
  [
    /^graph LR$/,
    /^ {2}n\d+\["(?:[A-Za-z0-9 _./-]|#\d+;)*"\]$/,
    /^ {2}n\d+ --> n\d+$/,
    /^ {2}classDef [a-z]+ [a-z0-9#:,]+$/,
    /^ {2}class n\d+(?:,n\d+)* [a-z]+$/,
  ].some(pattern => pattern.test(line))
