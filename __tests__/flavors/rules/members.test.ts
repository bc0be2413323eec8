import {
  CreateClusterRequest$,
  CreateServiceRequest$,
  RegisterTaskDefinitionRequest$,
  RunTaskRequest$,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { memberPaths } from '../../../src/compare/schema.ts'
import { clusterRules } from '../../../src/flavors/cluster/rules.ts'
import { serviceRules } from '../../../src/flavors/service/rules.ts'
import { taskRules } from '../../../src/flavors/task/rules.ts'
import { taskDefinitionRules } from '../../../src/flavors/taskDefinition/rules.ts'

// A member that is new in the API fails here until somebody has decided what it means; so does a typo in a table.
describe('every member of a request has its row, and every row its member', () => {
  test.each([
    ['RegisterTaskDefinition', RegisterTaskDefinitionRequest$, taskDefinitionRules],
    ['CreateService', CreateServiceRequest$, serviceRules],
    ['CreateCluster', CreateClusterRequest$, clusterRules],
    ['RunTask', RunTaskRequest$, taskRules],
  ])('%s', (_name, schema, rules) => {
    expect(Object.keys(rules).sort()).toEqual(memberPaths(schema).sort())
  })
})
