import {
  CreateClusterRequest$,
  CreateServiceRequest$,
  RegisterTaskDefinitionRequest$,
  RunTaskRequest$,
} from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../src/compare/change.ts'
import type { CompareOptions } from '../../src/compare/compare.ts'
import type { Sensitivity } from '../../src/compare/sensitivity.ts'
import { clusterRules } from '../../src/flavors/cluster/rules.ts'
import { serviceRules } from '../../src/flavors/service/rules.ts'
import { taskRules } from '../../src/flavors/task/rules.ts'
import { taskDefinitionRules } from '../../src/flavors/taskDefinition/rules.ts'

/** Everything may be seen. */
export const open: Sensitivity = { isSecret: () => false, revealed: () => true }

/** No environment variable may be seen. */
export const drawn: Sensitivity = { isSecret: () => false, revealed: () => false }

const common = { ignore: [], sensitivity: open }

export const taskDefinition: CompareOptions = {
  ...common,
  schema: RegisterTaskDefinitionRequest$,
  rules: taskDefinitionRules,
  whole: true,
}
export const service: CompareOptions = { ...common, schema: CreateServiceRequest$, rules: serviceRules, whole: false }
export const cluster: CompareOptions = { ...common, schema: CreateClusterRequest$, rules: clusterRules, whole: false }
export const task: CompareOptions = { ...common, schema: RunTaskRequest$, rules: taskRules, whole: true }

/** `path: before → after`, so that a row of a table stays one line; what is missing is `∅`. */
export const lines = (changes: readonly FoundChange[]): string[] =>
  changes.map(change =>
    change.sensitive
      ? `${change.path}: hidden`
      : `${change.path}: ${side(change, 'before')} → ${side(change, 'after')}`,
  )

const side = (change: FoundChange, which: 'before' | 'after'): string =>
  which in change ? JSON.stringify(change[which]) : '∅'

/** Frozen to the bottom, so that whoever writes into it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(frozen)
  }
  return value
}
