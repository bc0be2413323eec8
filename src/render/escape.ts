/**
 * Escapes names, values and errors, which come from manifests and from AWS and may have any author. Readers see escaped text
 * whole, and no part of the text becomes a tag, link, mention, table cell, fence or command.
 *
 * Structure is escaped with character references, which Markdown never reads as structure
 * (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references). A zero-width space breaks the mentions,
 * issues, commits and emoji that GitHub finds in rendered text
 * (https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls).
 */

/** A zero-width space, as a reference so that the source shows it. */
const BREAK = '&#8203;'
/** The same within a word that no line may be broken in. */
const JOINT = '&#8288;'

/** CSI and OSC sequences, and escapes of two characters, with which programs colour, move and retitle a terminal. */
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are made of them
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u009b[0-?]*[ -/]*[@-~]|\u001b[@-Z\\^_]/g

/**
 * Characters that are invisible or reverse the text: controls, formats (bidi, zero-width, tags), lone surrogates, line
 * separators, spaces other than the ordinary one, and characters that fonts ignore by default.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu

/** Combining marks that would join the character before the text, or pile up. */
const STACKED = /^\p{M}|(?<=\p{M}\p{M})\p{M}/gu

const codePoint = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line of well-formed text in which invisible characters are spelled out: `\n`, `\u202e`, `\u{e0041}`. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, character => short[character] ?? codePoint(character)).replace(STACKED, codePoint)

/** True where `visible` would change something. */
export const isPlain = (text: string): boolean => visible(text) === text

/** Text without terminal sequences. For messages only: readers must see every character of a value. */
const withoutAnsi = (text: string): string => text.replace(ANSI, '')

/** `1,234` */
export const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Cuts the middle out of a text longer than `most` characters: `abc… 1,234 characters …xyz`. Surrogate pairs stay whole. */
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
  // GitHub typesets text between two of them: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
  $: '<span>$</span>',
}

const reference = (character: string): string => references[character] ?? `&#${character.codePointAt(0)};`

const structure = (text: string): string => text.replace(/[&<>$\\`*[\]|~]/g, reference)

/** Inside a word an underscore means nothing, and names are full of them. */
const underscores = (text: string): string => text.replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '&#95;')

/** GitHub links addresses everywhere, even between code tags. */
const unlinked = (text: string): string =>
  text
    .replace(/@/g, `@${BREAK}`)
    .replace(/:(?=\/\/)/g, `:${BREAK}`)
    .replace(/(www)\./gi, `$1${BREAK}.`)
    .replace(/(mailto|xmpp):/gi, `$1${BREAK}:`)

/** Breaks the references that GitHub links outside of code: issues, advisories, emoji, commits. */
const unreferred = (text: string): string =>
  text
    // The `#` of a character reference stays.
    .replace(/(?<!&)#(?=\w)/g, `#${JOINT}`)
    .replace(/(?<![A-Za-z0-9])(GH|GHSA|CVE)-(?=\w)/gi, `$1-${BREAK}`)
    // Emoji. The colons of an ARN stay, because people copy ARNs.
    .replace(/(?<![\w:]):(?=[\w+-]+:)/g, `:${BREAK}`)
    .replace(/(?<![\w&#])(?=\d*[a-f])[0-9a-f]{7,}(?!\w)/gi, hex => (hex.match(/.{1,6}/g) ?? []).join(BREAK))

const escaped = (text: string): string => underscores(unlinked(structure(line(text))))

/** Text between HTML tags, where GitHub may or may not read Markdown. */
export const html = (text: string): string => unreferred(escaped(text))

/** Text for a paragraph, a list entry or a table cell, in one line that never begins a block. `isPart`: more text follows. */
export const prose = (text: string, isPart = false): string =>
  html(isPart ? text.trimStart() : text.trim()).replace(/^(?:[-+=#]|\d+(?=[.)]))/, marker =>
    [...marker].map(character => `&#${character.charCodeAt(0)};`).join(''),
  )

/**
 * Names that people copy out of a sentence: ids of particles, instances, tasks and deployments, ARNs, images, revisions,
 * places, actions, members of a definition, variables. Escaped as prose, zero-width spaces would break them. Their characters
 * have no meaning between backticks.
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
    /\$?\$\{[A-Za-z_]\w*(?::-\w+)?\}/,
  ]
    .map(({ source }) => source)
    .join('|')})(?![\\w@/{[-]|[:.]\\w)`,
  'g',
)

/** A sentence with names in it: the names as code, the rest as prose. */
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

/** Text between code tags, where GitHub links addresses, but no mention, issue or commit. */
export const codeTag = (text: string): string => `<code>${escaped(text)}</code>`

/**
 * Inline code, also in a table cell. Text without characters of structure is between backticks; other text is between tags, with
 * these characters as references, because renderers disagree on a backslash before a `|` in a cell.
 */
export const code = (text: string): string =>
  /^(?! )[\p{L}\p{N} !"#%'()*+,./:;=?@[\]^_{}~→-]+(?<! )$/u.test(text) && isPlain(text) ? `\`${text}\`` : codeTag(text)

/** A fenced block. The fence is longer than any run of backticks inside. The caller has made the lines `visible`. */
export function fence(info: string, lines: readonly string[]): string {
  let longest = 2
  for (const each of lines) for (const run of each.match(/`+/g) ?? []) longest = Math.max(longest, run.length)
  const bar = '`'.repeat(longest + 1)
  return `${bar}${info}\n${lines.join('\n')}\n${bar}`
}

/** A line of a message in a fenced `text` block. */
export const fencedLine = (text: string): string => visible(withoutAnsi(text))

/** Label of a Mermaid node, for between quotes: characters with a meaning in Mermaid are written by their numbers. */
export const mermaidLabel = (text: string): string =>
  [...visible(cut(text, 60))]
    .map(character => (/[A-Za-z0-9 _./-]/.test(character) ? character : `#${character.codePointAt(0)};`))
    .join('')

/**
 * A line for the job log. The runner obeys `::command::` at the start of a line, after any space, and `##[command]` anywhere in a
 * line (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; actions/runner, ActionCommand.cs).
 */
export const logLine = (text: string): string =>
  visible(withoutAnsi(text).replace(/\t/g, ' '))
    .replace(/^(\s*):(?=:)/, '$1\u200b:')
    .replace(/##(?=\[)/g, '##\u200b')

/** Part of an HTML comment, which only a `>` can end. Ordinary names keep their spelling. */
export const inComment = (text: string): string =>
  [...text].map(character => (/[A-Za-z0-9._/: -]/.test(character) ? character : encoded(character))).join('')

const encoded = (character: string): string =>
  [...new TextEncoder().encode(character)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** A link, or the text alone when the address is not one of the web. The caller has escaped `text`. */
export function link(text: string, address: string | undefined): string {
  const target = address === undefined ? undefined : webAddress(address)
  return target === undefined ? text : `[${text}](${target})`
}

/** The address with all characters encoded that could end a link; undefined for an address that is not one of the web. */
export function webAddress(address: string): string | undefined {
  if (address.length > 2000 || !/^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/|$)/.test(address)) return undefined
  return [...address]
    .map(character => (/[A-Za-z0-9\-._~:/?#@!&+,;=%]/.test(character) ? character : encoded(character)))
    .join('')
}
