import { type MapNode, memberOf, type Node, type ParticleId, type Place, type Problem } from '../particle.ts'
import { type Vocabularies, vocabularyOf } from '../schema/address.ts'
import {
  checkKeys,
  type DeclaredName,
  identify,
  KEYS,
  type Linking,
  type ParticleDraft,
  readDraft,
  withOneSpelling,
} from './draft.ts'
import { shownMembers } from './naming.ts'
import { beforePatch, inEnvironment } from './patch.ts'
import { type ReportProblem, reportTo } from './problems.ts'
import { COPIES, type Declaration, expandQuasiparticle, namesBase, withShared } from './quasiparticle.ts'
import { checkSecrets } from './secrets.ts'
import { didYouMean } from './suggest.ts'
import { checkUnmanagedKeys, isUnmanaged, readUnmanaged, UNMANAGED_KEYS, type Unmanaged } from './unmanaged.ts'
import { substitute } from './variables.ts'
import { withValues } from './walk.ts'
import { kindOf, lineOf, quote } from './words.ts'

/** Settings by which manifests are read and checked. */
export interface LoadSettings {
  readonly environment: string
  /** Values of `${NAME}`, `ENVIRONMENT` among them. */
  readonly variables: ReadonlyMap<string, string>
  /**
   * Names of variables whose values are hidden everywhere. AWS may get these values, and nothing else may hold them.
   */
  readonly secretVariables?: ReadonlySet<string>
  /** Region of particles that name none. */
  readonly region: string | undefined
  /** Flavors by name. */
  readonly vocabularies: Vocabularies
  /** Whether a particle hides a path of its definition, or a value below it. */
  readonly hides?: Linking['hides']
}

/** Gathers what documents declare, one particle or quasiparticle after the other. */
export class ManifestReader {
  readonly drafts = new Map<ParticleId, ParticleDraft>()
  /** Ids that mean several particles: quasiparticles, and members with a multiplier. */
  readonly groups = new Map<string, ParticleDraft[]>()
  /** Names of ids in messages. */
  readonly labels = new Map<string, string>()
  /** Particles that are not in this environment, and where the manifest leaves them out. */
  readonly absent = new Map<string, Place>()
  /** Ids that are declared, but too wrong to become a particle: to name one is no second mistake. */
  readonly broken = new Set<string>()
  /** A file cannot be read, so that missing particles may be declared there. */
  incomplete = false
  /** Particles with problems of their own: their problems beside others follow from those. */
  readonly unsound = new Set<ParticleId>()
  /** Names under `environments`. */
  readonly environments = new Set<string>()
  /** Where a region is missing: once a file. */
  readonly regionless: Problem[] = []
  readonly unmanaged: Unmanaged[] = []
  /** Values that cannot be read: any other problem at their places follows from that. */
  readonly misread: Problem[] = []
  readonly problems: Problem[] = []
  readonly report: ReportProblem = reportTo(this.problems)

  readonly #settings: LoadSettings
  readonly #shown: ReadonlySet<string>
  readonly #quasiparticles = new Map<string, Place>()
  readonly #copies = { left: COPIES.all }

  constructor(settings: LoadSettings) {
    this.#settings = settings
    this.#shown = shownMembers(settings.vocabularies)
  }

  /** Reads one particle or quasiparticle, as a document or an element of one. */
  read(document: Node): void {
    if (document.kind !== 'map') {
      this.report(document.place, `a particle must be a map with flavor and pcf_name, not ${kindOf(document)}`)
      return
    }
    const node = withOneSpelling(document, this.report)
    this.#rememberEnvironments(node)
    if (isUnmanaged(node)) {
      this.#readUnmanaged(node)
      return
    }
    const isQuasi = this.#isQuasiparticle(node)
    const keys = isQuasi ? KEYS.quasiparticle : KEYS.particle
    checkKeys(node, keys, isQuasi ? 'a quasiparticle' : 'a particle', this.report)
    const present = inEnvironment(node, this.#settings.environment, keys, this.report)
    if (!present) {
      this.#leaveOut(node)
      return
    }
    const before = this.misread.length
    const map = this.#substitute(isQuasi ? this.#withPresentMembers(present) : present, reportTo(this.misread))
    const isLegible = this.misread.length === before
    const who = identify(map, undefined, this.report)
    const declarations = isQuasi ? this.#expand(map, who) : [{ map, who, origin: {} }]
    for (const declaration of declarations) this.#declare(declaration, isLegible)
  }

  #readUnmanaged(node: MapNode): void {
    const { environment, vocabularies } = this.#settings
    checkUnmanagedKeys(node, this.report)
    const present = inEnvironment(node, environment, UNMANAGED_KEYS, this.report)
    if (!present) return
    const before = this.problems.length
    const map = this.#substitute(present, this.report)
    if (this.problems.length > before) return
    for (const line of readUnmanaged(map, vocabularies, this.report)) this.unmanaged.push(line)
  }

  #substitute(present: MapNode, report: ReportProblem): MapNode {
    const map = substitute(present, this.#settings.variables, report)
    checkSecrets(map, this.#settings.secretVariables ?? new Set(), this.#shown, report)
    return map
  }

  /** Remembers the environments that a particle, or a quasiparticle with its members, has patches for. */
  #rememberEnvironments(map: MapNode): void {
    const given = memberOf(map, 'environments')
    if (given?.kind === 'map') for (const name of given.entries.keys()) this.environments.add(name)
    for (const member of membersOf(map)) this.#rememberEnvironments(member)
  }

  /** In PCF every class of quasiparticles has a flavor. Here a quasiparticle is recognized by its members. */
  #isQuasiparticle(map: MapNode): boolean {
    const { flavor = '' } = this.#nameOf(map)
    const isKnown = vocabularyOf(flavor, this.#settings.vocabularies) !== undefined
    return flavor === 'quasiparticle' || (map.entries.has('particles') && !isKnown)
  }

  /** Flavor and name as far as they can be read; what is wrong with them is reported where the particle is declared. */
  #nameOf(map: MapNode): DeclaredName {
    const entries = new Map([...map.entries].filter(([key]) => key === 'flavor' || key === 'pcf_name'))
    const ignore = () => {}
    return identify(substitute({ ...map, entries }, this.#settings.variables, ignore), undefined, ignore)
  }

  /** A quasiparticle without the members that are not in this environment. */
  #withPresentMembers(map: MapNode): MapNode {
    const present = (member: Node): Node[] => {
      if (member.kind !== 'map') return [member]
      const patch = namesBase(member) ? beforePatch : inEnvironment
      const patched = patch(member, this.#settings.environment, KEYS.member, this.report)
      if (!patched) this.#leaveOut(member, map)
      return patched ? [patched] : []
    }
    return withValues(map, (value, key) =>
      key === 'particles' && value.kind === 'list' ? { ...value, items: value.items.flatMap(present) } : value,
    )
  }

  /** Remembers who is not in this environment. A variable that is unset here is no problem of this environment. */
  #leaveOut(map: MapNode, quasi?: MapNode): void {
    const { id } = this.#nameOf(quasi ? { ...map, entries: new Map([...quasi.entries, ...map.entries]) } : map)
    const place = (quasi?.entries.get('environments') ?? map.entries.get('environments'))?.at
    if (id) this.absent.set(id, place ?? map.place)
    if (!quasi) for (const member of membersOf(map)) this.#leaveOut(member, map)
  }

  #expand(map: MapNode, who: DeclaredName): Declaration[] {
    const { flavor, id, label } = who
    if (flavor !== undefined && flavor !== 'quasiparticle') this.#reportUnknownFlavor(map, flavor)
    if (id) {
      const first = this.#quasiparticles.get(id)
      if (first)
        this.report(map.place, `pcf_name: ${label} is declared at ${lineOf(first)} as well; rename one of them`)
      this.#quasiparticles.set(id, map.place)
      this.labels.set(id, label)
      if (!this.groups.has(id)) this.groups.set(id, [])
    }
    return expandQuasiparticle(map, who, this.#settings.environment, this.#copies, this.report)
  }

  #declare({ map, who, origin, shared }: Declaration, isLegible: boolean): void {
    const { flavor, name, id, label } = who
    const vocabulary = flavor === undefined ? undefined : vocabularyOf(flavor, this.#settings.vocabularies)
    if (flavor !== undefined && !vocabulary) this.#reportUnknownFlavor(map, flavor)
    if (!vocabulary || !name || !id) {
      if (id) this.broken.add(id)
      if (id && origin.copy) this.broken.add(origin.copy.of)
      return
    }
    const before = this.problems.length
    const own = readDraft(map, { id, name, label }, vocabulary, this.#settings.region, origin, this.report)
    const draft = withShared(own, shared, this.report)
    const first = this.drafts.get(id)
    if (first) {
      const why = `${label} is declared at ${lineOf(first.place)} as well; an id is unique over all manifests`
      this.report(draft.place, `pcf_name: ${why}: rename one of them`)
      return
    }
    if (!isLegible || this.problems.length > before) this.unsound.add(id)
    this.#add(draft)
  }

  #add(draft: ParticleDraft): void {
    const { id, label, origin, place } = draft
    this.drafts.set(id, draft)
    this.labels.set(id, label)
    if (origin.copy) this.labels.set(origin.copy.of, origin.copy.label)
    for (const group of [origin.quasi, origin.copy?.of]) {
      if (group === undefined) continue
      const members = this.groups.get(group)
      if (members) members.push(draft)
      else this.groups.set(group, [draft])
    }
    if (draft.region !== undefined || this.regionless.some(problem => problem.place?.file === place.file)) return
    const remedy = 'set the aws-region input or AWS_REGION'
    const what = 'aws_resource.region_name is missing, and so is a region for particles without one'
    this.regionless.push({ place, message: `${what}; ${remedy}` })
  }

  #reportUnknownFlavor(map: MapNode, flavor: string): void {
    const node = memberOf(map, 'flavor')
    const shown = node?.kind === 'scalar' ? kindOf(node).replace(/^the text /, '') : quote(flavor)
    const known = [...Object.keys(this.#settings.vocabularies), 'quasiparticle']
    const why =
      flavor === 'ecs_instance_quasi'
        ? ' here; write flavor: quasiparticle, with ecs_cluster and ec2_instance as parents of its ecs_instance'
        : map.entries.has('particles')
          ? '; what has particles is a quasiparticle: write flavor: quasiparticle'
          : didYouMean(flavor, known) || `; there are ${known.join(', ')}`
    this.report(node?.place ?? map.place, `flavor ${shown} is not known${why}`)
  }
}

/** The members of a quasiparticle that can be read. */
function membersOf(map: MapNode): MapNode[] {
  const list = memberOf(map, 'particles')
  return list?.kind === 'list' ? list.items.filter(item => item.kind === 'map') : []
}
