import * as sdk from '@aws-sdk/client-ecs'
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
  DescribeClusters: read(sdk.DescribeClustersCommand, 'cluster read'),
  DescribeCapacityProviders: read(sdk.DescribeCapacityProvidersCommand, 'cluster read'),
  DescribeServices: read(sdk.DescribeServicesCommand, 'service read'),
  DescribeServiceDeployments: read(sdk.DescribeServiceDeploymentsCommand, 'service deployment read'),
  ListServiceDeployments: read(sdk.ListServiceDeploymentsCommand, 'service deployment read'),
  DescribeServiceRevisions: read(sdk.DescribeServiceRevisionsCommand, 'service deployment read'),
  DescribeTaskDefinition: read(sdk.DescribeTaskDefinitionCommand, 'task definition read'),
  ListTaskDefinitions: read(sdk.ListTaskDefinitionsCommand, 'task definition read'),
  DescribeTasks: read(sdk.DescribeTasksCommand, 'cluster resource read'),
  ListTasks: read(sdk.ListTasksCommand, 'cluster resource read'),
  DescribeContainerInstances: read(sdk.DescribeContainerInstancesCommand, 'cluster resource read'),
  ListContainerInstances: read(sdk.ListContainerInstancesCommand, 'cluster resource read'),

  CreateCluster: modify(sdk.CreateClusterCommand, 'cluster modify'),
  UpdateCluster: modify(sdk.UpdateClusterCommand, 'cluster modify'),
  DeleteCluster: modify(sdk.DeleteClusterCommand, 'cluster modify'),
  PutClusterCapacityProviders: modify(sdk.PutClusterCapacityProvidersCommand, 'cluster modify'),
  // A repeated registration makes a second revision.
  RegisterTaskDefinition: { ...modifyOnce(sdk.RegisterTaskDefinitionCommand, 'task definition modify'), answers: true },
  DeregisterTaskDefinition: modify(sdk.DeregisterTaskDefinitionCommand, 'task definition modify'),
  CreateService: modify(sdk.CreateServiceCommand, 'service modify'),
  // A repeated forced deployment deploys twice.
  UpdateService: modifyOnce(sdk.UpdateServiceCommand, 'service modify'),
  // A hook that is answered twice is an error.
  ContinueServiceDeployment: { ...modifyOnce(sdk.ContinueServiceDeploymentCommand, 'service modify'), decides: true },
  StopServiceDeployment: { ...modify(sdk.StopServiceDeploymentCommand, 'service modify'), decides: true },
  DeleteService: modify(sdk.DeleteServiceCommand, 'service modify'),
  RunTask: { ...modify(sdk.RunTaskCommand, 'cluster resource modify'), answers: true },
  StopTask: modify(sdk.StopTaskCommand, 'cluster resource modify'),
  UpdateContainerInstancesState: modify(sdk.UpdateContainerInstancesStateCommand, 'cluster resource modify'),
  DeregisterContainerInstance: modify(sdk.DeregisterContainerInstanceCommand, 'cluster resource modify'),
  PutAttributes: modify(sdk.PutAttributesCommand, 'cluster resource modify'),
  DeleteAttributes: modify(sdk.DeleteAttributesCommand, 'cluster resource modify'),
  TagResource: modify(sdk.TagResourceCommand, 'tag modify'),
  UntagResource: modify(sdk.UntagResourceCommand, 'tag modify'),
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
