import { type MapNode, memberOf, type Node } from '../particle.ts'
import { requestName, type Type, typeOf } from '../schema/types.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { didYouMean } from './suggest.ts'
import { quote, scalarText } from './words.ts'

// Paths that a manifest names. A typing error in a path would go unnoticed, because a wrong path matches nothing.

/** Members of a shape, or of a definition with this tool's own members, by name. */
type MemberTypes = ReadonlyMap<string, Type>

const noMember = (step: string, of: string, members: MemberTypes): string =>
  `${of} has no ${quote(step)}${didYouMean(step, members.keys()) || '; correct it'}`

const plainValue = (step: string): string => `there is nothing inside a plain value, so no ${quote(step)}`

/** Where a path of `custom_config.ignore` leads nowhere in a definition: `containerDefinitions[web].image`, `tags[*]`. */
export function ignoredPathProblem(path: string, vocabulary: Vocabulary, definition: MapNode): string | undefined {
  const { model, ownMembers } = vocabulary
  const members = new Map([...(model ? typeOf(model).members : []), ...Object.entries(ownMembers)])
  return into(`.${path}`, { members, of: requestName(vocabulary) }, definition)
}

/** `rest` begins with a dot and a member's name, or with a bracket. `node`: what the definition states there. */
function into(rest: string, { members, of }: { members: MemberTypes; of: string }, node?: Node): string | undefined {
  const step = /^\.([^.[]*)/.exec(rest)?.[1]
  if (step === undefined) return noMember(rest, of, members)
  const type = members.get(step)
  return type ? beyond(rest.slice(step.length + 1), type, memberOf(node, step)) : noMember(step, of, members)
}

function beyond(rest: string, type: Type, node?: Node): string | undefined {
  if (rest === '') return undefined
  switch (type.kind) {
    case 'struct':
      return into(rest, { members: type.members, of: type.name }, node)
    case 'list': {
      // An element's name may hold brackets and dots: it ends where a path can go on.
      const [element = ''] = /^\[.+?\](?=$|[.[])/.exec(rest) ?? []
      if (element === '') return 'an element of a list is [name], [0] or [*]'
      const below = rest.slice(element.length)
      const items = node?.kind === 'list' ? node.items : []
      const { item, name } = elementAt(items, element.slice(1, -1), type)
      if (name !== undefined) return `the element has a name; write [${name}] for ${element}`
      if (below === '' && type.of.kind !== 'struct') return `a list of plain values is one value; leave ${element} out`
      return beyond(below, type.of, item)
    }
    case 'map':
      return /^\[.+\]$/s.test(rest) ? undefined : 'a key of a map is [key] or [*]'
    case 'any':
      return undefined
    default:
      return plainValue(rest.replace(/^\./, ''))
  }
}

/** The element that a label means; with `name` where it is an index of one that has a name, which is its label then. */
function elementAt(
  items: readonly Node[],
  label: string,
  { pairs: [member = 'name'] = [] }: { readonly pairs?: readonly string[] },
): { readonly item?: Node | undefined; readonly name?: string | undefined } {
  const names = items.map(item => memberOf(item, member))
  const named = names.findIndex(name => scalarText(name) === label)
  if (named >= 0) return { item: items[named] }
  // `01` is no index: it would match nothing.
  const index = /^(?:0|[1-9]\d*)$/.test(label) ? Number(label) : -1
  const name = names[index]
  // A name that variables made may be a secret, which no path shows.
  const isShown = name?.kind === 'scalar' && !name.parts
  return { item: items[index], name: isShown ? scalarText(name) || undefined : undefined }
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
