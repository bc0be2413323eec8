/** What a plan check is of: one pull request and the base that it was planned for, or a group of the merge queue. */

export type Subject =
  | { readonly pullRequest: number; readonly base: string }
  /** What a group showed is no review: it repeats what its pull requests showed. */
  | { readonly mergeGroup: true; readonly base: string }

/** Names of branches have no spaces and no line breaks. */
const form = /^(?:pull request #(\d+)|merge group) into (\S*)$/

/** `pull request #12 into main` */
export const subjectLine = (subject: Subject): string =>
  `${'pullRequest' in subject ? `pull request #${subject.pullRequest}` : 'merge group'} into ${subject.base}`

/** Undefined for a line that says something else. */
export function readSubject(line: string): Subject | undefined {
  const [, number, base] = form.exec(line) ?? []
  if (base === undefined) return undefined
  return number === undefined ? { mergeGroup: true, base } : { pullRequest: Number(number), base }
}

export const isOf = (subject: Subject | undefined, pullRequest: number): boolean =>
  subject !== undefined && 'pullRequest' in subject && subject.pullRequest === pullRequest
