/** What steps hand to the runner: files of `NAME=value`, and lines of the log that are commands. */

/**
 * The contents of GITHUB_OUTPUT or GITHUB_ENV.
 *
 * @throws Error in the runner's words (actions/runner, FileCommandManager.cs)
 */
export function fileCommands(content: string): Record<string, string> {
  const found: Record<string, string> = {}
  const lines = content.split(/\r?\n/)
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue
    const [, single, value] = /^([^=]*?)=(.*)$/.exec(line) ?? []
    const [, name, delimiter] = /^(.*?)<<(.*)$/.exec(line) ?? []
    if (name !== undefined && delimiter !== undefined && (single === undefined || name.length < single.length)) {
      const end = lines.indexOf(delimiter)
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`)
      found[name] = lines.splice(0, end).join('\n')
      lines.shift()
    } else if (single !== undefined) found[single] = value ?? ''
    else throw new Error(`Invalid format '${line}'`)
  }
  return found
}

/** Each line of a secret is hidden, but for empty ones. */
export const masksOf = (secret: string): string[] => [secret, ...secret.split('\n')].filter(line => line.trim() !== '')

/** Values that a step asked to hide. */
export const masksIn = (log: string): string[] =>
  [...log.matchAll(/^::add-mask::(.*)$/gm)].flatMap(([, value = '']) =>
    masksOf(value.replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%25/g, '%')),
  )
