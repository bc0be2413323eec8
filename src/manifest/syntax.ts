import { inQuotes } from './words.ts'

/** An error or a warning of the `yaml` library; `code` is one of its ErrorCodes (https://eemeli.org/yaml/#errors). */
interface Finding {
  readonly code: string
  readonly message: string
}

/** Whole messages by code. */
const MESSAGES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML wants spaces: replace it',
  BLOCK_AS_IMPLICIT_KEY:
    'not valid YAML: a second key on one line; put the value in quotes if it holds a colon and a blank, or begin a new line',
  BAD_DIRECTIVE: 'a line that begins with % is a directive, and this one is not known; remove it, or put it in quotes',
}

/** The text after `not valid YAML: ` or `not valid JSON: `, by code. */
const REASONS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'this does not line up with what stands above, or a bracket is not closed; align it',
  MULTILINE_IMPLICIT_KEY:
    'a key must stand on one line, with a colon and a blank behind it; check the line above it too',
  BLOCK_IN_FLOW: 'a comma is missing behind this, or a bracket or brace is not closed; add it',
  UNEXPECTED_TOKEN: 'there is more text where the value has ended; remove it, or align it with what it belongs to',
}

/** What a text begins with that opens a comment in other languages. */
export const slashesBefore = (text: string): string | undefined => /^\/[/*]/.exec(text)?.[0]

/** What the parser found, in words that name the remedy. `rest` is the text from there on. */
export function syntaxMessage(finding: Finding, rest: string, isJson: boolean): string {
  const slashes = isJson && slashesBefore(rest.trimStart())
  if (slashes) return `not valid JSON: ${slashes} begins no comment here; remove it, or begin it with #`
  if (finding.code === 'TAG_RESOLVE_FAILED') return tagMessage(/^!\S*/.exec(rest)?.[0] ?? '!')
  return MESSAGES[finding.code] ?? `not valid ${isJson ? 'JSON' : 'YAML'}: ${reason(finding, rest)}`
}

/** Tags of YAML, of earlier YAML and of CloudFormation's functions. Any other may be a hidden value without its quotes. */
const knownTag =
  /^(!!(str|int|float|bool|null|binary|map|merge|omap|pairs|seq|set|timestamp|value|yaml)|!(And|Base64|Cidr|Condition|Equals|FindInMap|GetAtt|GetAZs|If|ImportValue|Join|Not|Or|Ref|Select|Split|Sub|Transform))$/

function tagMessage(tag: string): string {
  const remedy = 'remove it, or put the value in quotes if it is text'
  if (!knownTag.test(tag)) return `a value that begins with ! has a tag, and this one means nothing here; ${remedy}`
  const isOurs = ['!!str', '!!int', '!!float', '!!bool', '!!null'].includes(tag)
  return `the tag ${tag} ${isOurs ? 'does not fit the value' : 'means nothing here'}; ${remedy}`
}

function reason({ code, message }: Finding, rest: string): string {
  if (code === 'BAD_SCALAR_START') return `a value cannot begin with ${inQuotes(rest.slice(0, 1))}; put it in quotes`
  if (code === 'MISSING_CHAR') return missingCharacter(message)
  // The parser may repeat the text, which may be anything: only its own words are kept.
  return REASONS[code] ?? `${ownWords(message)}; check brackets, quotes and indentation around it`
}

function missingCharacter(message: string): string {
  const [, kind, quoted] = /^(Flow \w+|Missing closing) (?:must end with a |(.)quote)/.exec(message) ?? []
  if (kind === 'Flow map') return 'a brace is opened and not closed; add } here or before'
  if (kind === 'Flow sequence') return 'a bracket is opened and not closed; add ] here or before'
  if (quoted) return `a text is opened with ${quoted} and not closed; add ${quoted} where it ends`
  return 'a key needs a colon, a blank and a value; write them, or align this with the text it belongs to'
}

const ownWords = (message: string): string =>
  message
    .replace(/: ".*$/s, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 120)
    .replace(/^[A-Z](?=[a-z ])/, letter => letter.toLowerCase())
