import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteAttributesCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterContainerInstanceCommand,
  DeregisterTaskDefinitionCommand,
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
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { Bucket } from './rate.ts'

/** How a call behaves, apart from what it does. */
export interface Call {
  readonly command: unknown
  /** ECS's token bucket that it draws from. */
  readonly bucket: Bucket
  /** It changes something. */
  readonly modifies?: true
  /** Repeating it after a lost answer does no harm: it carries a token, or says a whole state. */
  readonly repeatable?: true
}

/** The calls that this program makes; a flavor names those that it needs. A call of one flavor alone may be its own row. */
export const calls = {
  DescribeClusters: { command: DescribeClustersCommand, bucket: 'cluster read' },
  DescribeServices: { command: DescribeServicesCommand, bucket: 'service read' },
  DescribeServiceDeployments: { command: DescribeServiceDeploymentsCommand, bucket: 'service deployment read' },
  ListServiceDeployments: { command: ListServiceDeploymentsCommand, bucket: 'service deployment read' },
  DescribeServiceRevisions: { command: DescribeServiceRevisionsCommand, bucket: 'service deployment read' },
  DescribeTaskDefinition: { command: DescribeTaskDefinitionCommand, bucket: 'task definition read' },
  ListTaskDefinitions: { command: ListTaskDefinitionsCommand, bucket: 'task definition read' },
  DescribeTasks: { command: DescribeTasksCommand, bucket: 'cluster resource read' },
  ListTasks: { command: ListTasksCommand, bucket: 'cluster resource read' },
  DescribeContainerInstances: { command: DescribeContainerInstancesCommand, bucket: 'cluster resource read' },
  ListContainerInstances: { command: ListContainerInstancesCommand, bucket: 'cluster resource read' },

  CreateCluster: { command: CreateClusterCommand, bucket: 'cluster modify', modifies: true, repeatable: true },
  UpdateCluster: { command: UpdateClusterCommand, bucket: 'cluster modify', modifies: true, repeatable: true },
  DeleteCluster: { command: DeleteClusterCommand, bucket: 'cluster modify', modifies: true, repeatable: true },
  PutClusterCapacityProviders: {
    command: PutClusterCapacityProvidersCommand,
    bucket: 'cluster modify',
    modifies: true,
    repeatable: true,
  },
  // A repeated registration makes a second revision: look first.
  RegisterTaskDefinition: { command: RegisterTaskDefinitionCommand, bucket: 'task definition modify', modifies: true },
  DeregisterTaskDefinition: {
    command: DeregisterTaskDefinitionCommand,
    bucket: 'task definition modify',
    modifies: true,
    repeatable: true,
  },
  CreateService: { command: CreateServiceCommand, bucket: 'service modify', modifies: true, repeatable: true },
  // A repeated forced deployment deploys twice: look first.
  UpdateService: { command: UpdateServiceCommand, bucket: 'service modify', modifies: true },
  DeleteService: { command: DeleteServiceCommand, bucket: 'service modify', modifies: true, repeatable: true },
  RunTask: { command: RunTaskCommand, bucket: 'cluster resource modify', modifies: true, repeatable: true },
  StopTask: { command: StopTaskCommand, bucket: 'cluster resource modify', modifies: true, repeatable: true },
  UpdateContainerInstancesState: {
    command: UpdateContainerInstancesStateCommand,
    bucket: 'cluster resource modify',
    modifies: true,
    repeatable: true,
  },
  DeregisterContainerInstance: {
    command: DeregisterContainerInstanceCommand,
    bucket: 'cluster resource modify',
    modifies: true,
    repeatable: true,
  },
  PutAttributes: { command: PutAttributesCommand, bucket: 'cluster resource modify', modifies: true, repeatable: true },
  DeleteAttributes: {
    command: DeleteAttributesCommand,
    bucket: 'cluster resource modify',
    modifies: true,
    repeatable: true,
  },
  TagResource: { command: TagResourceCommand, bucket: 'tag modify', modifies: true, repeatable: true },
  UntagResource: { command: UntagResourceCommand, bucket: 'tag modify', modifies: true, repeatable: true },
} satisfies Record<string, Call>

export type CallName = keyof typeof calls

/** A class of the SDK's commands. */
type SdkCommand = new (input: never) => { readonly input: object }

/** A call that one flavor alone makes, which brings its row along. */
export interface OwnCall<Command extends SdkCommand = SdkCommand> extends Call {
  /** As IAM and errors spell the call: `CreateCapacityProvider`. */
  readonly name: string
  readonly command: Command
}

export type InputOf<Command extends SdkCommand> = InstanceType<Command>['input']

export type OutputOf<Command extends SdkCommand> =
  InstanceType<Command> extends {
    resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Answer }>
  }
    ? Answer
    : never

/** What a call is asked with: the SDK's own request. */
export type CallInput<Name extends CallName> = InputOf<(typeof calls)[Name]['command']>

/** What it answers: the SDK's own output. */
export type CallOutput<Name extends CallName> = OutputOf<(typeof calls)[Name]['command']>

/** Counts the calls that one step caused. */
export interface CallCounter {
  calls: number
}
