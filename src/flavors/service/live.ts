/** A service as ECS describes it, and plain readings of that. */
import type {
  CreateServiceRequest,
  Deployment,
  DeploymentControllerType,
  RegisterTaskDefinitionRequest,
  Service,
  ServiceDeployment,
  ServiceRevision,
  TaskSet,
} from '@aws-sdk/client-ecs'
import { type FoundChange, isNothing } from '../../compare/change.ts'
import { compare, comparedBy } from '../../compare/compare.ts'
import type { Members } from '../../compare/rules.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { CallName } from '../../ecs/calls.ts'
import type { Particle, ParticleId } from '../../particle.ts'
import { familyOf, nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { onTaskSets, serviceRules } from './rules.ts'
import { vocabulary } from './vocabulary.ts'

/** A particle that states members of CreateService. */
export type ServiceParticle = Particle<CreateServiceRequest>

/** Names the service in calls. */
export const addressOf = ({ definition: { cluster = 'default', serviceName: service = '' } }: ServiceParticle) => ({
  cluster,
  service,
})

/** Whether a rollout is waited for, this tool's or another's. */
export const isWaitedFor = ({ options }: ServiceParticle): boolean => options.wait !== 'started'

/** A service as ECS describes it, and answers of further calls. */
export interface LiveService {
  readonly service: Service
  /** Its newest revision, where the manifest states what only revisions show. */
  readonly revision?: ServiceRevision | undefined
  /** The inputs ask for a new deployment. */
  readonly redeploy: boolean
  /** The service deployment that is under way, where it may be paused. */
  readonly current?: ServiceDeployment | undefined
  /** The service deployment that a transition is judged by, once the description alone was inconclusive. */
  readonly rollout?: ServiceDeployment | 'unknown'
  /** How the deployment that an update would make ended before. */
  readonly past?: RolloutHistory | undefined
  /** The task definition that an update goes to, where it goes to another one. */
  readonly next?: NextDefinition | undefined
  /** The declared task definition of the family that its task sets run, where they run something else. */
  readonly unreleased?: ParticleId | undefined
}

/** The task definition that an update goes to. */
export interface NextDefinition {
  /** `ecs_task_definition:web (particles/web.yml:1)` or `web:5`. */
  readonly label: string
  readonly definition: Partial<RegisterTaskDefinitionRequest>
}

/** How a deployment of the same task definition and settings ended before. */
export type RolloutHistory =
  | { readonly is: 'fine' }
  /** The role has no right to this call. */
  | { readonly is: 'unknown'; readonly call: CallName }
  /** `how` is half a sentence: `was rolled back by the alarm web-5xx`. */
  | { readonly is: 'failed'; readonly how: string }

/** The deployment that a transition started, or found under way: only its id distinguishes a rollback from success. */
export interface Memo {
  /** `ecs-svc/…`. */
  readonly deployment?: string | undefined
  /** ARN of the service deployment that was under way when ECS answered: most often the same. */
  readonly serviceDeployment?: string | undefined
  /** The service as the call that made the deployment answered. */
  readonly answer?: Service | undefined
  /** The update made no deployment: COMPLETED is an old word, and says nothing of it. */
  readonly kept?: boolean
  /** The update made no deployment and changed no count: only a rollout that was under way before is waited for. */
  readonly unmoved?: boolean
  /** The deployment was found under way: its completion is all that is waited for. */
  readonly underWay?: boolean
  /** Milliseconds since 1970. Earlier events belong to other deployments. */
  readonly since: number
}

/** A service is compared by the members that its manifest states; AWS owns the others. */
export const compareOptions = comparedBy(vocabulary.model, serviceRules)

/** The deployment that the service's current configuration made. */
export const primaryDeployment = (service: Service): Deployment | undefined =>
  service.deployments?.find(({ status }) => status === 'PRIMARY')

/** Whether another deployment is PRIMARY than before. */
export const isDeployedAnew = (now: LiveService, before: LiveService): boolean =>
  primaryDeployment(now.service)?.id !== primaryDeployment(before.service)?.id

/** The task set that serves; while none is PRIMARY yet, the first one. */
export const taskSetOf = ({ taskSets = [] }: Service): TaskSet | undefined =>
  taskSets.find(({ status }) => status === 'PRIMARY') ?? taskSets[0]

/** Who makes the service's deployments. */
export const controllerOf = ({ deploymentController }: Service): DeploymentControllerType =>
  deploymentController?.type ?? 'ECS'

/** Whether the tool behind the deployment controller EXTERNAL makes the service's task sets, and ECS no deployments. */
export const isExternal = (service: Service): boolean => controllerOf(service) === 'EXTERNAL'

/** The member of the definition that a change is about. */
export const member = ({ steps: [first] }: FoundChange): string => String(first)

/** `web:7` of a service, deployment or revision. */
export function shortTaskDefinition(deployment: { readonly taskDefinition?: string | undefined } | undefined): string {
  return nameOf(deployment?.taskDefinition ?? '') || 'its task definition'
}

/** Milliseconds since 1970; 0 where ECS names no time. */
export const createdAt = (answer: { readonly createdAt?: Date | undefined }): number => answer.createdAt?.getTime() ?? 0

/** ECS's reason, which may repeat values of the manifest. */
export const reasonGiven = (reason: string | undefined): string => (reason ? untrusted(reason) : 'ECS gives no reason')

/**
 * A described service, laid out like the request that would make it: what only its deployments show is taken from the
 * primary one, what only its revisions show from `revision`, where that is given, and what task sets state from its own.
 */
export function liveService({ service, revision }: Pick<LiveService, 'service' | 'revision'>): Members {
  const primary = primaryDeployment(service)
  const set = taskSetOf(service)
  const elsewhere = {
    cluster: service.clusterArn,
    role: service.roleArn,
    serviceConnectConfiguration: primary?.serviceConnectConfiguration,
    volumeConfigurations: primary?.volumeConfigurations,
    vpcLatticeConfigurations: primary?.vpcLatticeConfigurations,
    gatewayConnectors: revision?.gatewayConnectors,
    monitoring: revision?.monitoring,
    ...Object.fromEntries(onTaskSets.filter(name => isNothing(service[name])).map(name => [name, set?.[name]])),
  }
  return { ...service, ...Object.fromEntries(Object.entries(elsewhere).filter(([, value]) => value !== undefined)) }
}

/** How a service differs from its manifest. */
export const differences = (particle: ServiceParticle, live: LiveService, sensitivity: Sensitivity): FoundChange[] =>
  compare(particle.definition, liveService(live), compareOptions(particle, sensitivity))

/** A family without a revision means any revision of it: another tool decides which one runs. */
export function isAnyRevision(change: FoundChange, { definition }: ServiceParticle, { service }: LiveService): boolean {
  if (change.path !== 'taskDefinition' || typeof definition.taskDefinition !== 'string') return false
  return familyOf(service.taskDefinition) === nameOf(definition.taskDefinition)
}

/** The deployment that a call's answer shows, if the call made one. `since`: now by the runner's clock. */
export function memoOf(answer: Service | undefined, since: number): Memo {
  const deployment = answer && primaryDeployment(answer)
  return {
    deployment: deployment?.id,
    serviceDeployment: answer?.currentServiceDeployment,
    // ECS's own clock where known: events carry its times, and the runner's clock may differ.
    since: deployment?.createdAt?.getTime() ?? since,
  }
}

/** The newest of the service revisions in use whose task definition is the primary deployment's. */
export function ofPrimary(
  service: Service,
  revisions: readonly (ServiceRevision | undefined)[],
): ServiceRevision | undefined {
  const wanted = primaryDeployment(service)?.taskDefinition
  const all = revisions.filter(revision => revision !== undefined)
  const same = all.filter(({ taskDefinition }) => taskDefinition === wanted)
  return (same.length > 0 ? same : all).sort((one, other) => createdAt(other) - createdAt(one))[0]
}
