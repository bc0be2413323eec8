/** Workflows that are called. https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations */
import { type Contexts, entries, type Json, member, parseWorkflow, type Token, text, valueIn } from './language.ts'
import { exceeding, type Permissions, permissionsOf } from './permissions.ts'

/** No job runs at all. */
export class StartupFailure extends Error {}

/**
 * The workflows that jobs call, by job. A job of theirs that asks for more than its caller has is a failure even when it
 * would be skipped.
 *
 * @throws StartupFailure
 */
export function calledWorkflows(
  jobs: Token | undefined,
  around: Permissions,
  textOf: (uses: string) => string,
): Map<string, Token> {
  const found = new Map<string, Token>()
  for (const [id, job] of entries(jobs)) {
    const uses = member(job, 'uses')
    if (!uses) continue
    const name = text(valueIn(uses, {}))
    const { root, problems } = parseWorkflow(name, textOf(name))
    if (!root || problems.length > 0) throw new StartupFailure(`${name}: ${problems.join('; ')}`)
    checkPermissions(name, root, permissionsOf(member(job, 'permissions'), around))
    checkInputs(member(root, 'on', 'workflow_call', 'inputs'), member(job, 'with'))
    found.set(id, root)
  }
  return found
}

function checkPermissions(name: string, called: Token, given: Permissions): void {
  const theirs = permissionsOf(member(called, 'permissions'), given)
  for (const [id, job] of entries(member(called, 'jobs'))) {
    const over = exceeding(permissionsOf(member(job, 'permissions'), theirs), given)
    if (over)
      throw new StartupFailure(
        `Error calling workflow '${name}'. The nested job '${id}' is requesting '${over.wants}', but is only allowed '${over.has}'.`,
      )
  }
}

function checkInputs(declared: Token | undefined, given: Token | undefined): void {
  for (const [name, input] of entries(declared))
    if (valueIn(member(input, 'required'), {}) === true && !member(given, name))
      throw new StartupFailure(`Input ${name} is required, but not provided while calling.`)
  for (const [name] of entries(given))
    if (!member(declared, name))
      throw new StartupFailure(`Invalid input, ${name} is not defined in the referenced workflow.`)
}

/** @throws StartupFailure for a value of another type than the input's: an empty text is no boolean */
export function inputsOf(called: Token, given: Token | undefined, contexts: Contexts): Record<string, Json> {
  const found: Record<string, Json> = {}
  for (const [name, input] of entries(member(called, 'on', 'workflow_call', 'inputs'))) {
    const type = text(valueIn(member(input, 'type'), {}))
    const stated = member(given, name) ?? member(input, 'default')
    const value =
      stated === undefined ? ({ boolean: false, number: 0, string: '' }[type] ?? null) : valueIn(stated, contexts)
    const number = type === 'number' && text(value) !== '' ? Number(text(value)) : Number.NaN
    if ((type === 'boolean' && typeof value !== 'boolean') || (type === 'number' && Number.isNaN(number)))
      throw new StartupFailure(`The template is not valid. Unexpected value '${text(value)}' for the input ${name}`)
    found[name] = type === 'number' ? number : type === 'string' ? text(value) : value
  }
  return found
}
