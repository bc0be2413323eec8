import { type Type, typeOf } from '../schema/types.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { didYouMean } from './suggest.ts'
import { quote } from './words.ts'

// Paths that a manifest names. A typing error in a path would go unnoticed, because a wrong path matches nothing.

/** Members of a shape, or of a definition with this tool's own members, by name. */
type MemberTypes = ReadonlyMap<string, Type>

const noMember = (step: string, of: string, members: MemberTypes): string =>
  `${of} has no ${quote(step)}${didYouMean(step, members.keys()) || '; correct it'}`

const plainValue = (step: string): string => `there is nothing inside a plain value, so no ${quote(step)}`

/** Where a path of `custom_config.ignore` leads nowhere: `containerDefinitions[web].image`, `tags[*]`. */
export function ignoredPathProblem(path: string, { name, model, ownMembers }: Vocabulary): string | undefined {
  const members = new Map([...(model ? typeOf(model).members : []), ...Object.entries(ownMembers)])
  const of = model ? typeOf(model).name.replace(/Request$/, '') : name
  return into(`.${path}`, { members, of })
}

/** `rest` begins with a dot and a member's name, or with a bracket. */
function into(rest: string, { members, of }: { members: MemberTypes; of: string }): string | undefined {
  const step = /^\.([^.[]*)/.exec(rest)?.[1]
  if (step === undefined) return noMember(rest, of, members)
  const type = members.get(step)
  return type ? beyond(rest.slice(step.length + 1), type) : noMember(step, of, members)
}

function beyond(rest: string, type: Type): string | undefined {
  if (rest === '') return undefined
  switch (type.kind) {
    case 'struct':
      return into(rest, { members: type.members, of: type.name })
    case 'list': {
      // An element's name may hold brackets and dots: it ends where a path can go on.
      const [element = ''] = /^\[.*?\](?=$|[.[])/.exec(rest) ?? []
      return element === '' ? 'an element of a list is [name], [0] or [*]' : beyond(rest.slice(element.length), type.of)
    }
    case 'map':
    case 'any':
      return undefined
    default:
      return plainValue(rest.replace(/^\./, ''))
  }
}

/** Where the key of `$inherit$flavor:pcf_name$key` leads nowhere in what ECS answers: `clusterArn`, `loadBalancers.0.containerName`. */
export function inheritedKeyProblem(key: string, { answer, inheritable }: Vocabulary): string | undefined {
  if (!answer || key === inheritable) return undefined
  let type: Type = typeOf(answer)
  for (const step of key.split('.')) {
    if (type.kind === 'list') {
      if (!/^\d+$/.test(step)) return 'an element of a list is 0, 1 and so on'
      type = type.of
    } else if (type.kind === 'struct') {
      const member: Type | undefined = type.members.get(step)
      if (!member) return noMember(step, type.name, type.members)
      type = member
    } else if (type.kind === 'map' || type.kind === 'any') return undefined
    else return plainValue(step)
  }
  return undefined
}
