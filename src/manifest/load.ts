import {
  type MapNode,
  type Node,
  type Particle,
  type ParticleId,
  type Place,
  type Problem,
  sayProblem,
} from '../particle.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { checkKeys, complain, identify, KEYS, type ParticleDraft, readDraft } from './draft.ts'
import { link } from './links.ts'
import { parseManifest } from './parse.ts'
import { inEnvironment } from './patch.ts'
import { COPIES, expandQuasiparticle, type Seed, withShared } from './quasiparticle.ts'
import { namesOf, refuseSecrets } from './secrets.ts'
import { didYouMean } from './suggest.ts'
import { checkTogether } from './together.ts'
import { checkUnmanaged, isUnmanaged, readUnmanaged, type Unmanaged } from './unmanaged.ts'
import { substitute } from './variables.ts'
import { kindOf, lineOf, quote, scalarText } from './words.ts'

/** What manifests are read with. */
export interface LoadSettings {
  readonly environment: string
  /** Values of the `variables` input. `ENVIRONMENT` is added, unless it is among them. */
  readonly variables: ReadonlyMap<string, string>
  /** Names of variables whose values are hidden everywhere. They may stand in what is sent to AWS, and nowhere else. */
  readonly secretVariables?: ReadonlySet<string>
  /** Whether a particle hides what stands at a path of its definition, or something in it. */
  readonly hides?: (particle: Particle, path: readonly string[]) => boolean
  /** Region of particles that name none. */
  readonly region: string | undefined
  /** Flavors by name. */
  readonly vocabularies: Readonly<Record<string, Vocabulary>>
}

export interface Loaded {
  /** Sorted by id, whatever the order of the files. With problems, those that could still be made. */
  readonly particles: readonly Particle[]
  /** What the manifests let go. */
  readonly unmanaged: readonly Unmanaged[]
  /** By file and line; what has no place comes first. */
  readonly problems: readonly Problem[]
  /** Where a region is missing: once a file. The manifests are right all the same, but AWS cannot be asked. */
  readonly regionless: readonly Problem[]
  readonly counts: {
    readonly files: number
    /** The names under `environments`, of all particles, sorted. */
    readonly environments: readonly string[]
    /** Particles of this environment. */
    readonly particles: number
    /** Particles that are not in this environment, quasiparticles and their members included. */
    readonly absent: number
  }
}

/** Particles of PCF that have another name here. */
const OTHER_FLAVORS: Readonly<Record<string, string>> = {
  ecs_instance_quasi: 'write flavor: quasiparticle, with ecs_cluster and ec2_instance as parents of its ecs_instance',
}

/** From the text of all manifests to particles and problems: all problems of all files at once. Never throws on bad input. */
export function load(
  texts: readonly { readonly file: string; readonly text: string }[],
  settings: LoadSettings,
): Loaded {
  const misread: Problem[] = []
  const problems: Problem[] = []
  const reader = readerOf(settings, misread, problems)
  for (const { file, text } of [...texts].sort((a, b) => compare(a.file, b.file))) {
    const parsed = parseManifest(file, text)
    for (const problem of parsed.problems) misread.push(problem)
    if (parsed.problems.length > 0) reader.incomplete = true
    for (const document of parsed.documents) {
      for (const item of document.kind === 'list' ? document.items : [document]) reader.read(item)
    }
  }
  const particles = link(reader, problems, settings.hides)
  // What is wrong in itself would be wrong beside others as well.
  const sound = particles.filter(({ id }) => !reader.unsound.has(id))
  for (const problem of checkTogether(sound, settings.vocabularies)) problems.push(problem)
  checkUnmanaged(reader.unmanaged, particles, settings.vocabularies, problems)
  return {
    particles,
    unmanaged: reader.unmanaged,
    problems: inOrder(misread, problems),
    regionless: reader.regionless,
    counts: {
      files: texts.length,
      environments: [...reader.environments].sort(),
      particles: particles.length,
      absent: reader.absent.size,
    },
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * By place, and once: what a member says wrong is wrong in each of its copies. Where a value could not be read,
 * whatever else is wrong at that place follows from it.
 */
function inOrder(misread: readonly Problem[], problems: readonly Problem[]): Problem[] {
  const spot = ({ place }: Problem) => place && `${place.file}:${place.line}:${place.column}`
  const spots = new Set(misread.map(spot))
  const all = [...misread, ...problems.filter(problem => !problem.place || !spots.has(spot(problem)))]
  const once = new Map(all.map(problem => [sayProblem(problem), problem]))
  return [...once.values()].sort((a, b) => {
    const [one, other] = [a.place, b.place]
    if (!one || !other) return one ? 1 : other ? -1 : compare(a.message, b.message)
    return (
      compare(one.file, other.file) ||
      one.line - other.line ||
      one.column - other.column ||
      compare(a.message, b.message)
    )
  })
}

function readerOf(settings: LoadSettings, misread: Problem[], problems: Problem[]) {
  const { environment, vocabularies, secretVariables = new Set<string>() } = settings
  const given = settings.variables
  const variables = given.has('ENVIRONMENT') ? given : new Map([['ENVIRONMENT', environment], ...given])
  const names = namesOf(vocabularies)
  const drafts = new Map<ParticleId, ParticleDraft>()
  const groups = new Map<string, ParticleDraft[]>()
  const labels = new Map<string, string>()
  const quasiparticles = new Map<string, Place>()
  const absent = new Map<string, Place>()
  const broken = new Set<string>()
  const unsound = new Set<ParticleId>()
  const environments = new Set<string>()
  const regionless: Problem[] = []
  const unmanaged: Unmanaged[] = []
  const files = new Set<string>()
  const copies = { left: COPIES.all }
  const wrong = complain(problems)

  /** One particle or quasiparticle, as a document or an element of one. */
  function read(node: Node): void {
    if (node.kind !== 'map') {
      wrong(node.place, `a particle must be a map with flavor and pcf_name, not ${kindOf(node)}`)
      return
    }
    if (isUnmanaged(node)) {
      remember(node)
      unmanaged.push(...readUnmanaged(node, { environment, variables, secretVariables, vocabularies }, problems))
      return
    }
    const isQuasi = isQuasiparticle(node)
    const keys = isQuasi ? KEYS.quasiparticle : KEYS.particle
    checkKeys(node, keys, isQuasi ? 'a quasiparticle' : 'a particle', wrong)
    remember(node)
    const present = inEnvironment(node, environment, keys, problems)
    if (!present) {
      leaveOut(node)
      return
    }
    const before = misread.length
    const map = substitute(isQuasi ? withMembers(present) : present, variables, misread)
    refuseSecrets(map, secretVariables, names, misread)
    const legible = misread.length === before
    const who = identify(map, undefined, wrong)
    if (isQuasi && who.flavor !== undefined && who.flavor !== 'quasiparticle') unknownFlavor(map, who.flavor)
    if (!isQuasi) {
      grow({ map, who, origin: {} }, legible)
      return
    }
    if (who.id) {
      const first = quasiparticles.get(who.id)
      if (first) wrong(map.place, `pcf_name: ${who.label} is declared at ${lineOf(first)} as well; rename one of them`)
      quasiparticles.set(who.id, map.place)
      labels.set(who.id, who.label)
      if (!groups.has(who.id)) groups.set(who.id, [])
    }
    for (const seed of expandQuasiparticle(map, who, copies, problems)) grow(seed, legible)
  }

  /** The environments that a particle, or a quasiparticle with its members, has patches for. */
  function remember({ entries }: MapNode): void {
    const given = entries.get('environments')?.node
    if (given?.kind === 'map') for (const name of given.entries.keys()) environments.add(name)
    const members = entries.get('particles')?.node
    if (members?.kind === 'list') for (const member of members.items) if (member.kind === 'map') remember(member)
  }

  /** In PCF every class of quasiparticles has a flavor of its own, which says nothing here: its members do. */
  function isQuasiparticle({ entries, ...map }: MapNode): boolean {
    const given = entries.get('flavor')
    if (!given) return entries.has('particles')
    const alone = substitute({ ...map, entries: new Map([['flavor', given]]) }, variables, [])
    const flavor = scalarText(alone.entries.get('flavor')?.node)
    return flavor === 'quasiparticle' || (entries.has('particles') && !Object.hasOwn(vocabularies, flavor ?? ''))
  }

  function unknownFlavor(map: MapNode, flavor: string): void {
    const node = map.entries.get('flavor')?.node
    wrong(node?.place ?? map.place, flavorMessage(flavor, node, map.entries.has('particles')))
  }

  /** A quasiparticle without the members that are not in this environment. */
  function withMembers(map: MapNode): MapNode {
    const particles = map.entries.get('particles')
    if (particles?.node.kind !== 'list') return map
    const items = particles.node.items.flatMap((item): Node[] => {
      if (item.kind !== 'map') return [item]
      const present = inEnvironment(item, environment, KEYS.member, problems)
      if (!present) leaveOut(item, map)
      return present ? [present] : []
    })
    return {
      ...map,
      entries: new Map(map.entries).set('particles', { at: particles.at, node: { ...particles.node, items } }),
    }
  }

  /** Remembers who is not in this environment. Its variables may be unset here: that is no problem of this environment. */
  function leaveOut(map: MapNode, quasi?: MapNode): void {
    const entries = new Map(
      [...(quasi?.entries ?? []), ...map.entries].filter(([key]) => key === 'flavor' || key === 'pcf_name'),
    )
    const { id } = identify(substitute({ ...map, entries }, variables, []), undefined, () => {})
    const place = map.entries.get('environments')?.at ?? map.place
    if (id) absent.set(id, quasi?.entries.get('environments')?.at ?? place)
    const members = quasi ? undefined : map.entries.get('particles')?.node
    if (members?.kind !== 'list') return
    for (const member of members.items) if (member.kind === 'map') leaveOut(member, map)
  }

  function grow({ map, who, origin, shared }: Seed, legible: boolean): void {
    const { flavor, name, id, label } = who
    const vocabulary = flavor !== undefined && Object.hasOwn(vocabularies, flavor) ? vocabularies[flavor] : undefined
    if (flavor !== undefined && !vocabulary) unknownFlavor(map, flavor)
    if (!vocabulary || !name || !id) {
      if (id) broken.add(id)
      if (id && origin.copy) broken.add(origin.copy.of)
      return
    }
    const before = problems.length
    const draft = withShared(
      readDraft(map, { id, name, label }, vocabulary, settings.region, origin, problems),
      shared,
      problems,
    )
    const first = drafts.get(id)
    if (first) {
      wrong(
        draft.place,
        `pcf_name: ${label} is declared at ${lineOf(first.place)} as well; an id is unique over all manifests: rename one of them`,
      )
      return
    }
    drafts.set(id, draft)
    if (!legible || problems.length > before) unsound.add(id)
    labels.set(id, label)
    if (origin.copy) labels.set(origin.copy.of, origin.copy.label)
    for (const group of [origin.quasi, origin.copy?.of]) {
      if (group === undefined) continue
      const members = groups.get(group)
      if (members) members.push(draft)
      else groups.set(group, [draft])
    }
    if (draft.region === undefined && !files.has(draft.place.file)) {
      files.add(draft.place.file)
      const message =
        'aws_resource.region_name is missing, and so is a region for particles without one; set the aws-region input or AWS_REGION'
      regionless.push({ place: draft.place, message })
    }
  }

  function flavorMessage(flavor: string, node: Node | undefined, hasMembers: boolean): string {
    const shown = node?.kind === 'scalar' ? kindOf(node).replace(/^the text /, '') : quote(flavor)
    if (Object.hasOwn(OTHER_FLAVORS, flavor)) return `flavor ${shown} is not known here; ${OTHER_FLAVORS[flavor]}`
    if (hasMembers)
      return `flavor ${shown} is not known; what has particles is a quasiparticle: write flavor: quasiparticle`
    const known = [...Object.keys(vocabularies), 'quasiparticle']
    return `flavor ${shown} is not known${didYouMean(flavor, known) || `; there are ${known.join(', ')}`}`
  }

  return {
    read,
    drafts,
    groups,
    labels,
    absent,
    broken,
    unsound,
    environments,
    regionless,
    unmanaged,
    incomplete: false,
  }
}
