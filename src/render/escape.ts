/**
 * Safety: names, values and errors come from manifests and from AWS, and anybody may have written them.
 * What passes through here can be read, and does nothing: no tag, link, mention, table cell, fence or command.
 *
 * Structure is escaped with character references, which Markdown never reads as structure
 * (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references). What GitHub looks for after
 * that, in the finished text (mentions, issues, commits, emoji), is broken by a zero-width space.
 */

/** A zero-width space, as a reference so that the source shows it. */
const BREAK = '&#8203;'

/** CSI and OSC sequences, and escapes of two characters: how terminals are told to colour, move and retitle. */
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are made of them
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u009b[0-?]*[ -/]*[@-~]|\u001b[@-Z\\^_]/g

/**
 * What cannot be seen or turns the text around: controls, formats (bidi, zero-width, tags), lone surrogates, line
 * separators, spaces that only look like one, and whatever fonts are told to leave out.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu

/** Marks that would sit on our own characters, or pile up. */
const STACKED = /^\p{M}|(?<=\p{M}\p{M})\p{M}/gu

const codePoint = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Makes what cannot be seen visible: `\n`, `\u202e`, `\u{e0041}`. What is left is one line of well-formed text. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, character => short[character] ?? codePoint(character)).replace(STACKED, codePoint)

/** True where `visible` would change something. */
export const isPlain = (text: string): boolean => visible(text) === text

/** Text without what a terminal would obey. For messages, never for values: a value must show all that it is. */
export const withoutAnsi = (text: string): string => text.replace(ANSI, '')

/** `1,234` */
export const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Cuts the middle out of a long text, and says how much: `abc… 1,234 characters …xyz`. Never splits a pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const keep = Math.max(2, most - 30)
  const from = boundary(text, Math.ceil((keep * 2) / 3))
  const to = boundary(text, text.length - Math.floor(keep / 3))
  return `${text.slice(0, from)}… ${thousands(to - from)} characters …${text.slice(to)}`
}

/** The index itself, or the one before when it would split a surrogate pair. */
export const boundary = (text: string, index: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(index - 1)) && /[\udc00-\udfff]/.test(text.charAt(index)) ? index - 1 : index

/** One line of a message: no colours, no line ends, nothing invisible. */
const line = (text: string): string => visible(withoutAnsi(text).replace(/\s*[\r\n]+\s*/g, ' '))

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // GitHub typesets what stands between two of them; a tag around one is its documented way out.
  $: '<span>$</span>',
}

const reference = (character: string): string => references[character] ?? `&#${character.codePointAt(0)};`

const structure = (text: string): string => text.replace(/[&<>$\\`*[\]|~]/g, reference)

/** Inside a word an underscore means nothing, and names are full of them. */
const underscores = (text: string): string => text.replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '&#95;')

/** An address would be linked anywhere, also between code tags. */
const unlinked = (text: string): string =>
  text
    .replace(/@/g, `@${BREAK}`)
    .replace(/:(?=\/\/)/g, `:${BREAK}`)
    .replace(/(www)\./gi, `$1${BREAK}.`)
    .replace(/(mailto|xmpp):/gi, `$1${BREAK}:`)

/** What GitHub looks for in the finished text, outside of code: issues, advisories, emoji, commits. */
const unreferred = (text: string): string =>
  text
    // Not the `#` of a reference that was just written.
    .replace(/(?<!&)#(?=\w)/g, `#${BREAK}`)
    .replace(/(?<![A-Za-z0-9])(GH|GHSA|CVE)-(?=\w)/gi, `$1-${BREAK}`)
    // Emoji. Not the colons of an ARN, which people copy.
    .replace(/(?<![\w:]):(?=[\w+-]+:)/g, `:${BREAK}`)
    .replace(/(?<![\w&#])(?=\d*[a-f])[0-9a-f]{7,}(?!\w)/gi, hex => (hex.match(/.{1,6}/g) ?? []).join(BREAK))

const escaped = (text: string): string => underscores(unlinked(structure(line(text))))

/** Text between HTML tags of our own, where Markdown may or may not be read. */
export const html = (text: string): string => unreferred(escaped(text))

/** Text for a paragraph, a list entry or a table cell. It is one line, and never begins a block. */
export const prose = (text: string, goesOn = false): string =>
  html(goesOn ? text.trimStart() : text.trim()).replace(/^(?:[-+=#]|\d+(?=[.)]))/, marker =>
    [...marker].map(character => `&#${character.charCodeAt(0)};`).join(''),
  )

/**
 * What people copy out of a sentence, and what would be broken up where GitHub looks for commits and addresses: ids of
 * particles, instances, tasks and deployments, ARNs, images, revisions, places, actions, members of a definition, variables.
 * All of it is of characters that do nothing between backticks.
 */
const NAMES = new RegExp(
  `(?<![\\w.:/@&#%+$-])(?:${[
    /(?:ecs_(?:cluster|task_definition|service|task|instance)|ec2_instance|quasiparticle):[A-Za-z0-9][\w./-]*(?<![./-])/,
    /arn:aws[a-z-]*:[\w:/.+=-]+(?<![.:/=+-])/,
    /i-(?=[a-f]*\d)[0-9a-f]{4,17}/,
    /ecs-svc\/\d+/,
    /sha256:[0-9a-f]{6,64}/,
    /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    /(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}/,
    /[A-Za-z0-9][\w.-]*(?::\d+)?(?:\/[A-Za-z0-9][\w.-]*)+:[\w.-]*\w(?:@sha256:[0-9a-f]+)?/,
    /[A-Za-z][\w-]*:\d+/,
    /[a-z][a-z0-9-]*:[A-Z][A-Za-z]+/,
    /(?:aws_resource|custom_config|environments|desired_state|pcf_name)(?:\.\w+(?:\[[\w.-]+\])?)*(?:: (?:true|false)\b)?/,
    /[a-z]+[A-Z]\w*(?:\[[\w.-]+\])?(?:\.\w+(?:\[[\w.-]+\])?)*/,
    /\$?\$\{[A-Za-z_]\w*\}/,
  ]
    .map(({ source }) => source)
    .join('|')})(?![\\w@/{[-]|[:.]\\w)`,
  'g',
)

/** A sentence of ours with names in it, which may be anybody's: the names as code, the rest as prose. */
export function proseWithNames(text: string): string {
  const whole = line(text).trim()
  const pieces: string[] = []
  let from = 0
  const add = (piece: string) => piece !== '' && pieces.push(from === 0 ? prose(piece, true) : html(piece))
  for (const { 0: found, index } of whole.matchAll(NAMES)) {
    add(whole.slice(from, index))
    pieces.push(code(found))
    from = index + found.length
  }
  add(whole.slice(from))
  return pieces.join('')
}

/** Text between code tags. GitHub looks for no mention, issue or commit in there, but for addresses. */
export const codeTag = (text: string): string => `<code>${escaped(text)}</code>`

/**
 * Inline code, also in a table cell. What nothing could read otherwise stands between backticks; the rest between tags, with
 * every character of structure as a reference: there is no agreement on how a backslash before a `|` in a cell is read.
 */
export const code = (text: string): string =>
  /^(?! )[\p{L}\p{N} !"#%'()*+,./:;=?@[\]^_{}~→-]+(?<! )$/u.test(text) && isPlain(text) ? `\`${text}\`` : codeTag(text)

/** A fenced block. The fence is longer than any run of backticks inside. Lines must have been made visible. */
export function fence(info: string, lines: readonly string[]): string {
  let longest = 2
  for (const each of lines) for (const run of each.match(/`+/g) ?? []) longest = Math.max(longest, run.length)
  const bar = '`'.repeat(longest + 1)
  return `${bar}${info}\n${lines.join('\n')}\n${bar}`
}

/** A line of a message in a fenced `text` block. */
export const fencedLine = (text: string): string => visible(withoutAnsi(text))

/** Label of a Mermaid node, between quotes: what is not surely harmless is written by its number. */
export const mermaidLabel = (text: string): string =>
  [...visible(cut(text, 60))]
    .map(character => (/[A-Za-z0-9 _./-]/.test(character) ? character : `#${character.codePointAt(0)};`))
    .join('')

/**
 * A line for the job log. The runner obeys `::command::` at the start of a line, whatever space stands before it, and `##[command]`
 * anywhere in it.
 */
export const logLine = (text: string): string =>
  visible(withoutAnsi(text).replace(/\t/g, ' '))
    .replace(/^(\s*):(?=:)/, '$1\u200b:')
    .replace(/##(?=\[)/g, '##\u200b')

/** Part of an HTML comment: without `>` nothing can end it. Ordinary names stay as they are. */
export const inComment = (text: string): string =>
  [...text].map(character => (/[A-Za-z0-9._/: -]/.test(character) ? character : encoded(character))).join('')

const encoded = (character: string): string =>
  [...new TextEncoder().encode(character)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** A link with words of our own, or the words alone when the address is none that a link may have. */
export function link(words: string, address: string | undefined): string {
  const target = address === undefined ? undefined : webAddress(address)
  return target === undefined ? words : `[${words}](${target})`
}

/** The address with everything encoded that could end the link, or undefined when it is not one of the web. */
export function webAddress(address: string): string | undefined {
  if (address.length > 2000 || !/^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/|$)/.test(address)) return undefined
  return [...address]
    .map(character => (/[A-Za-z0-9\-._~:/?#@!&+,;=%]/.test(character) ? character : encoded(character)))
    .join('')
}
