/** The rights of a job's token. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions */
import { entries, type Token, text, valueIn } from './language.ts'

export type Permissions = Readonly<Record<string, string>>

const scopes = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
]
const levels = ['none', 'read', 'write']
const rank = (level: string | undefined): number => levels.indexOf(level ?? 'none')

/** What a workflow without `permissions` has in a repository made since 2023. */
export const restricted: Permissions = { contents: 'read', packages: 'read' }

/** Permissions that are stated are all there are: what is not named is none. Not stated, they are those around. */
export function permissionsOf(token: Token | undefined, around: Permissions): Permissions {
  if (token === undefined) return around
  const stated = valueIn(token, {})
  if (typeof stated === 'string')
    return Object.fromEntries(scopes.map(scope => [scope, stated === 'write-all' ? 'write' : 'read']))
  return Object.fromEntries(entries(token).map(([scope, level]) => [scope, text(valueIn(level, {}))]))
}

/**
 * The token of a pull request from a fork reads only, whatever is stated, and there is no identity token.
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflows-in-forked-repositories
 */
export const readOnly = (permissions: Permissions): Permissions =>
  Object.fromEntries(
    Object.entries(permissions).map(([scope, level]) => {
      if (level !== 'write') return [scope, level]
      return [scope, scope === 'id-token' ? 'none' : 'read']
    }),
  )

/** What is wanted and not given: such as `checks: write`, given `checks: none`. A called workflow can only lower rights. */
export function exceeding(
  wanted: Permissions,
  given: Permissions,
): { readonly wants: string; readonly has: string } | undefined {
  const over = Object.entries(wanted).filter(([scope, level]) => rank(level) > rank(given[scope]))
  if (over.length === 0) return undefined
  return {
    wants: over.map(([scope, level]) => `${scope}: ${level}`).join(', '),
    has: over.map(([scope]) => `${scope}: ${given[scope] ?? 'none'}`).join(', '),
  }
}
