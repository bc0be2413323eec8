/** Claims as the text of a check: a header, the subject, one claim a line. */
/** GitHub's limit of a check's summary and of its text, in characters. https://docs.github.com/en/rest/checks/runs */
export const textLimit = 65_535

/** Claims as hashes of 32 hex digits, and the version of their format. */
export interface PublishedClaims {
  readonly version: number
  readonly hashes: readonly string[]
}

/** The subject of a plan check: a pull request and the base it was planned for, or a group of the merge queue. */
export type Subject =
  | { readonly pullRequest: number; readonly base: string }
  /** A merge group's plan is no review: it repeats what its pull requests showed. */
  | { readonly mergeGroup: true; readonly base: string }

/** Branch names have neither spaces nor line breaks. */
const form = /^(?:pull request #(\d+)|merge group) into (\S*)$/

/** `pull request #12 into main` */
export const subjectLine = (subject: Subject): string =>
  `${'pullRequest' in subject ? `pull request #${subject.pullRequest}` : 'merge group'} into ${subject.base}`

/** Undefined for any other line. */
function readSubject(line: string): Subject | undefined {
  const [, number, base] = form.exec(line) ?? []
  if (base === undefined) return undefined
  return number === undefined ? { mergeGroup: true, base } : { pullRequest: Number(number), base }
}

/** The check's text names this pull request. */
export const isOf = (subject: Subject | undefined, pullRequest: number): boolean =>
  subject !== undefined && 'pullRequest' in subject && subject.pullRequest === pullRequest

const header = (version: number, part: number, parts: number): string =>
  `ecs-particles claims, format ${version}, part ${part} of ${parts}`
const headerForm = /^ecs-particles claims, format (\d+), part (\d+) of (\d+)$/
const claimForm = /^[0-9a-f]{32}$/
/** Claims of other formats have other lengths; their header names the format. */
const anyForm = /^[0-9a-f]+$/
/** A claim's hash in this release's format. */
export const isClaim = (text: string): boolean => claimForm.test(text)

// 33 characters a claim after two lines of at most 500: a branch name has 255 bytes at most.
const claimsPerCheck = Math.floor((textLimit - 500) / 33)

/** One text per check; sorted, so that equal plans write equal checks. */
export function claimTexts({ version, hashes }: PublishedClaims, subject: Subject): [string, ...string[]] {
  const sorted = [...new Set(hashes)].sort()
  const parts = Math.max(1, Math.ceil(sorted.length / claimsPerCheck))
  const text = (part: number) =>
    [
      header(version, part, parts),
      subjectLine(subject),
      ...sorted.slice((part - 1) * claimsPerCheck, part * claimsPerCheck),
    ].join('\n')
  return [text(1), ...Array.from({ length: parts - 1 }, (_, index) => text(index + 2))]
}

/** One check's part of the claims; undefined when the text has another form. */
export function readClaims(
  text: string | null,
): { version: number; part: number; parts: number; subject?: Subject; hashes: string[] } | undefined {
  const [first = '', ...lines] = (text ?? '').trim().split(/\r?\n/)
  const [, version, part, parts] = headerForm.exec(first.trim()) ?? []
  const subject = readSubject(lines[0]?.trim() ?? '')
  // Earlier releases wrote no subject.
  const hashes = (subject ? lines.slice(1) : lines).map(line => line.trim())
  return version && part && parts && hashes.every(hash => anyForm.test(hash))
    ? { version: Number(version), part: Number(part), parts: Number(parts), ...(subject && { subject }), hashes }
    : undefined
}
