/** Trust policies of roles, as examples state them in their first comment. */
import { exampleOf, readExample } from '../../script/examples.ts'
import { root } from '../world/bundle.ts'
import type { Values } from './interpreter/model.ts'

/**
 * The trust of the roles that a workflow assumes; callers of the reusable workflow have that of its example. Answers the
 * role's name and what it trusts, where that is this subject.
 *
 * @param variables what holds ARNs of roles, by name
 */
export function trustOf(workflow: string, variables: readonly Values[]) {
  const { roles } = exampleOf(workflow)
  const stated = roles.length > 0 ? roles : readExample(root, 'reusable').roles
  return (role: string, subject: string): string | undefined => {
    const held = variables.flatMap(Object.entries).flatMap(([name, arn]) => (arn === role ? [name] : []))
    // A list of environments has `plan-role` and `apply-role`.
    const names = [`${role.split('/').at(-1)}-role`, ...held]
    const trusts = stated
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, subjects }) => subjects.map(trusted => ({ name, trusted })))
    const found = trusts.find(({ trusted }) => isLike(subject, trusted))
    return found && `${found.name} by ${found.trusted}`
  }
}

/** As a condition `StringLike` compares; a capital word stands for the name of an environment. */
const isLike = (subject: string, trusted: string): boolean =>
  new RegExp(`^${trusted.replace(/\*|\b[A-Z]+$/, '.+')}$`).test(subject)
