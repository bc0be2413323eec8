import { all, checkRepeated, has, is, lacks, type RefusalRules, type Stated } from '../../schema/refusals.ts'

/** The capacity providers of Fargate, which every account has. */
export const isFargateProvider = (name = ''): boolean => /^FARGATE(_SPOT)?$/.test(name)

/** A capacity provider strategy. From the API reference of CapacityProviderStrategyItem. */
export const checkStrategy =
  (member: string) =>
  (definition: Stated): void => {
    const items = definition.elements(member)
    checkRepeated(items, 'capacityProvider')
    const [, ...more] = items.filter(item => (item.number('base') ?? 0) !== 0)
    for (const item of more)
      item.report('base', 'is a second one: only one capacity provider of a strategy may have a base', item.node)
    const isWeightless = items.every(item => !item.given('weight') || item.number('weight') === 0)
    if (items.length > 1 && isWeightless)
      definition.report(member, 'needs a weight above 0 for at least one of its capacity providers: left out it is 0')
  }

const notOnFargate = 'is not possible with launchType FARGATE: leave it out'

/**
 * CreateService and RunTask take an empty strategy for the cluster's default one, UpdateService for a launch type: it
 * would mean another thing once the service exists.
 */
function checkEmptyStrategy(definition: Stated): void {
  const strategy = definition.member('capacityProviderStrategy')
  if (strategy?.kind !== 'list' || strategy.items.length > 0 || definition.given('launchType')) return
  const remedy = "leave it out for the cluster's default strategy, or state a launchType beside it for none"
  definition.report('capacityProviderStrategy', `is empty: ${remedy}`)
}

/** Launch settings that CreateService and RunTask share. */
export const launchRefusals: RefusalRules = {
  '': [
    checkEmptyStrategy,
    ['capacityProviderStrategy', has('launchType'), 'and launchType exclude each other: leave one out'],
    ['placementStrategy', is('launchType', 'FARGATE'), notOnFargate],
    ['placementConstraints', is('launchType', 'FARGATE'), notOnFargate],
    [
      'platformVersion',
      is('launchType', 'EC2', 'EXTERNAL'),
      'is only for Fargate, not for launchType {launchType}: leave it out',
    ],
  ],
  'placementConstraints[]': [
    ['expression', is('type', 'distinctInstance'), 'is not possible with type distinctInstance: leave it out'],
    ['', all(is('type', 'memberOf'), lacks('expression')), 'needs an expression: type is memberOf'],
  ],
  'placementStrategy[]': [
    [
      'field',
      all(is('type', 'binpack'), strategy => !/^(cpu|memory)$/i.test(strategy.text('field') ?? 'cpu')),
      'must be cpu or memory with type binpack, not {"field"}',
    ],
  ],
  'volumeConfigurations[].managedEBSVolume': [['', lacks('sizeInGiB', 'snapshotId'), 'needs sizeInGiB or snapshotId']],
}
