/** A token bucket: so many calls at once, and so many more each second. */
interface Rate {
  readonly burst: number
  readonly perSecond: number
  readonly operations: readonly string[]
}

/** The documented buckets. Operations without a bucket are not held back. */
export const rates: Readonly<Record<string, Rate>> = {
  'cluster modify': {
    burst: 20,
    perSecond: 1,
    operations: [
      'CreateCluster',
      'UpdateCluster',
      'UpdateClusterSettings',
      'DeleteCluster',
      'PutClusterCapacityProviders',
    ],
  },
  'cluster read': {
    burst: 50,
    perSecond: 20,
    operations: ['DescribeClusters', 'DescribeCapacityProviders', 'ListClusters'],
  },
  'task definition modify': {
    burst: 20,
    perSecond: 1,
    operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'],
  },
  'task definition read': {
    burst: 50,
    perSecond: 20,
    operations: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  },
  'task definition delete': { burst: 5, perSecond: 1, operations: ['DeleteTaskDefinitions'] },
  'cluster resource modify': {
    burst: 100,
    perSecond: 40,
    operations: [
      'RunTask',
      'StopTask',
      'PutAttributes',
      'DeleteAttributes',
      'UpdateContainerInstancesState',
      'DeregisterContainerInstance',
    ],
  },
  'cluster resource read': {
    burst: 100,
    perSecond: 20,
    operations: [
      'DescribeTasks',
      'ListTasks',
      'DescribeContainerInstances',
      'ListContainerInstances',
      'ListAttributes',
    ],
  },
  'service modify': {
    burst: 50,
    perSecond: 5,
    operations: [
      'CreateService',
      'UpdateService',
      'DeleteService',
      'StopServiceDeployment',
      'ContinueServiceDeployment',
    ],
  },
  'service read': { burst: 100, perSecond: 20, operations: ['DescribeServices', 'ListServices'] },
  'service deployments read': {
    burst: 50,
    perSecond: 20,
    operations: ['ListServiceDeployments', 'DescribeServiceDeployments', 'DescribeServiceRevisions'],
  },
  'tag modify': { burst: 20, perSecond: 10, operations: ['TagResource', 'UntagResource'] },
  'tag read': { burst: 50, perSecond: 20, operations: ['ListTagsForResource'] },
}

const groups = new Map(
  Object.entries(rates).flatMap(([group, { operations }]) => operations.map(operation => [operation, group] as const)),
)

/** The buckets of one account, separate for each region, filled by virtual time. */
export class Buckets {
  readonly #levels = new Map<string, { tokens: number; at: number }>()

  /** Takes a token for the call; false when there is none. */
  take(region: string, operation: string, now: number): boolean {
    const group = groups.get(operation)
    const rate = group === undefined ? undefined : rates[group]
    if (!rate) return true
    const key = `${region}/${group}`
    const level = this.#levels.get(key) ?? { tokens: rate.burst, at: now }
    level.tokens = Math.min(rate.burst, level.tokens + ((now - level.at) / 1000) * rate.perSecond)
    level.at = now
    this.#levels.set(key, level)
    if (level.tokens < 1) return false
    level.tokens--
    return true
  }
}
