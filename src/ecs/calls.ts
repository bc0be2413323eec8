import {
  ContinueServiceDeploymentCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteAttributesCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterContainerInstanceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListServiceDeploymentsCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutAttributesCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { Bucket } from './rate.ts'

/** A call's token bucket, and whether it may be repeated. */
export interface Call {
  readonly command: unknown
  /** ECS's token bucket that it draws from. */
  readonly bucket: Bucket
  /** The call changes something. */
  readonly modifies?: true
  /** Repeating the call after a lost answer does no harm: it carries a client token, or states a whole. */
  readonly repeatable?: true
  /** The answer alone says what came of the call: one that says nothing is as good as lost. Of reads this is always so. */
  readonly answers?: true
  /** A person's answer to a paused rollout: a right of its own. */
  readonly decides?: true
}

const read = <Command>(command: Command, bucket: Bucket) => ({ command, bucket })
const modify = <Command>(command: Command, bucket: Bucket) =>
  ({ command, bucket, modifies: true, repeatable: true }) as const
/** A call that must not be repeated after a lost answer: describe the resource first. */
const modifyOnce = <Command>(command: Command, bucket: Bucket) => ({ command, bucket, modifies: true }) as const

/** The calls that this program makes; a flavor names those that it needs. A call of one flavor alone may be its own row. */
export const calls = {
  DescribeClusters: read(DescribeClustersCommand, 'cluster read'),
  DescribeCapacityProviders: read(DescribeCapacityProvidersCommand, 'cluster read'),
  DescribeServices: read(DescribeServicesCommand, 'service read'),
  DescribeServiceDeployments: read(DescribeServiceDeploymentsCommand, 'service deployment read'),
  ListServiceDeployments: read(ListServiceDeploymentsCommand, 'service deployment read'),
  DescribeServiceRevisions: read(DescribeServiceRevisionsCommand, 'service deployment read'),
  DescribeTaskDefinition: read(DescribeTaskDefinitionCommand, 'task definition read'),
  ListTaskDefinitions: read(ListTaskDefinitionsCommand, 'task definition read'),
  DescribeTasks: read(DescribeTasksCommand, 'cluster resource read'),
  ListTasks: read(ListTasksCommand, 'cluster resource read'),
  DescribeContainerInstances: read(DescribeContainerInstancesCommand, 'cluster resource read'),
  ListContainerInstances: read(ListContainerInstancesCommand, 'cluster resource read'),

  CreateCluster: modify(CreateClusterCommand, 'cluster modify'),
  UpdateCluster: modify(UpdateClusterCommand, 'cluster modify'),
  DeleteCluster: modify(DeleteClusterCommand, 'cluster modify'),
  PutClusterCapacityProviders: modify(PutClusterCapacityProvidersCommand, 'cluster modify'),
  // A repeated registration makes a second revision.
  RegisterTaskDefinition: { ...modifyOnce(RegisterTaskDefinitionCommand, 'task definition modify'), answers: true },
  DeregisterTaskDefinition: modify(DeregisterTaskDefinitionCommand, 'task definition modify'),
  CreateService: modify(CreateServiceCommand, 'service modify'),
  // A repeated forced deployment deploys twice.
  UpdateService: modifyOnce(UpdateServiceCommand, 'service modify'),
  // A hook that is answered twice is an error.
  ContinueServiceDeployment: { ...modifyOnce(ContinueServiceDeploymentCommand, 'service modify'), decides: true },
  StopServiceDeployment: { ...modify(StopServiceDeploymentCommand, 'service modify'), decides: true },
  DeleteService: modify(DeleteServiceCommand, 'service modify'),
  RunTask: { ...modify(RunTaskCommand, 'cluster resource modify'), answers: true },
  StopTask: modify(StopTaskCommand, 'cluster resource modify'),
  UpdateContainerInstancesState: modify(UpdateContainerInstancesStateCommand, 'cluster resource modify'),
  DeregisterContainerInstance: modify(DeregisterContainerInstanceCommand, 'cluster resource modify'),
  PutAttributes: modify(PutAttributesCommand, 'cluster resource modify'),
  DeleteAttributes: modify(DeleteAttributesCommand, 'cluster resource modify'),
  TagResource: modify(TagResourceCommand, 'tag modify'),
  UntagResource: modify(UntagResourceCommand, 'tag modify'),
} satisfies Record<string, Call>

/** The name of a call, as IAM and errors spell it: `DescribeServices`. */
export type CallName = keyof typeof calls

/** A class of the SDK's commands. */
type SdkCommand = new (input: never) => { readonly input: object }

/** A call that one flavor alone makes, which brings its row along. */
export interface OwnCall<Command extends SdkCommand = SdkCommand> extends Call {
  /** As IAM and errors spell the call: `CreateCapacityProvider`. */
  readonly name: string
  readonly command: Command
}

/** The request of a command of the SDK. */
export type InputOf<Command extends SdkCommand> = InstanceType<Command>['input']

/** The answer to a command of the SDK. */
export type OutputOf<Command extends SdkCommand> =
  InstanceType<Command> extends {
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Answer }>
  }
    ? Answer
    : never

/** A call's input: the SDK's own request. */
export type CallInput<Name extends CallName> = InputOf<(typeof calls)[Name]['command']>

/** A call's answer: the SDK's own output. */
export type CallOutput<Name extends CallName> = OutputOf<(typeof calls)[Name]['command']>

/** Counts the calls that one step caused. */
export interface CallCounter {
  calls: number
}
