/** Inputs of a run by hand. https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event */
import { StartupFailure } from './calls.ts'
import { entries, type Json, member, type Token, text, valueIn } from './language.ts'

type Inputs = Readonly<Record<string, Json>>

/**
 * What the workflow declares, as it was given or else by its default.
 *
 * @throws StartupFailure where GitHub refuses to begin: what is not declared, what is required and missing, what is no option
 */
export function dispatchedInputs(root: Token | undefined, given: Inputs): Inputs {
  const declared = entries(member(root, 'on', 'workflow_dispatch', 'inputs'))
  const unexpected = Object.keys(given).filter(name => !declared.some(([known]) => known === name))
  if (unexpected.length > 0) throw new StartupFailure(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`)
  return Object.fromEntries(declared.map(([name, input]) => [name, inputOf(name, input, given[name])]))
}

function inputOf(name: string, input: Token, given: Json | undefined): Json {
  const stated = (key: string): Json => valueIn(member(input, key), {})
  const value = given ?? stated('default')
  const type = text(stated('type'))
  if (stated('required') === true && (value === null || value === ''))
    throw new StartupFailure(`Required input '${name}' not provided`)
  if (type === 'choice' && !(stated('options') as readonly Json[]).includes(value))
    throw new StartupFailure(`Provided value '${text(value)}' for input '${name}' not in the list of allowed values`)
  return type === 'boolean' ? value === true : text(value)
}
