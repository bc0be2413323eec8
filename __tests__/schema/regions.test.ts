import { describe, expect, test } from '@jest/globals'
import { arnRegion, isRegion, nameOf } from '../../src/schema/arn.ts'

describe('regions', () => {
  test.each([
    'us-east-1',
    'eu-west-3',
    'ap-southeast-7',
    'us-gov-west-1',
    'cn-northwest-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
    'mx-central-1',
  ])('%s', region => {
    expect(isRegion(region)).toBe(true)
  })

  test.each([
    '',
    'main',
    'Ireland',
    'us-east',
    'us east 1',
    'US-EAST-1',
    'us-east-1a',
    'us-east-1 ',
    'us-east-100',
    '1-east-1',
  ])('%j is none', region => {
    expect(isRegion(region)).toBe(false)
  })
})

describe('ARNs', () => {
  test.each([
    ['arn:aws:ecs:us-east-1:123456789012:cluster/main', 'us-east-1', 'main'],
    ['arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/main/web', 'us-gov-west-1', 'web'],
    ['arn:aws:iam::123456789012:role/path/web', undefined, 'web'],
    ['main', undefined, 'main'],
    ['a:b:c:us-east-1:d', undefined, 'a:b:c:us-east-1:d'],
  ])('%s', (text, region, name) => {
    expect(arnRegion(text)).toBe(region)
    expect(nameOf(text)).toBe(name)
  })
})
