import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { cpuUnits, mebibytes } from '../../src/flavors/rules/spelling.ts'
import { cpuSize, memorySize } from '../../src/schema/sizes.ts'
import { check } from '../manifest/model/stated.ts'

describe('sizes of a task', () => {
  test.each([
    ['512', 512],
    ['.5 vCPU', 512],
    ['0.25vcpu', 256],
    ['1     vCpU', 1024],
    ['16 VCPU', 16_384],
  ])('%s are CPU units', (text, units) => {
    expect(cpuSize.read(text)).toBe(units)
    expect(cpuUnits(text)).toBe(String(units))
  })

  test.each([
    ['512', 512],
    ['1GB', 1024],
    ['1      gb', 1024],
    ['.5 GB', 512],
    ['0.3 GB', 307],
  ])('%s are MiB', (text, mib) => {
    expect(memorySize.read(text)).toBe(mib)
    expect(mebibytes(text)).toBe(String(mib))
  })

  test.each([
    '',
    '1.',
    '1. vCPU',
    '1.5',
    'vCPU',
    '.',
    '. vCPU',
    '1 vCPUs',
    '-1',
    '1 GB',
    ' 1 vCPU',
    '0512',
    '0',
    '01 vCPU',
    '00.5 vCPU',
  ])('%j are no CPU units, and stay as they are written', text => {
    expect(cpuSize.read(text)).toBeUndefined()
    expect(cpuSize.pattern.test(text)).toBe(false)
    if (text.trim() === text && !text.startsWith('0')) expect(cpuUnits(text)).toBe(text)
  })

  // Such texts are refused; digests of jobs that ran before they were have them like this.
  test('blanks around a size mean nothing', () => {
    expect(cpuUnits(' 1 vCPU ')).toBe('1024')
    expect(mebibytes('\t1 GB')).toBe('1024')
    expect(cpuUnits(' 512')).toBe(' 512')
    expect(cpuUnits('0512')).toBe('0512')
  })

  const amount = fc.oneof(
    fc.nat(9999).map(String),
    fc.tuple(fc.nat(99), fc.constantFrom('.', ''), fc.nat(99)).map(parts => parts.join('')),
    fc.constantFrom('.5', '1.', '.', '', '00', '1.50'),
  )
  const size = fc
    .tuple(amount, fc.constantFrom('', ' ', '  '), fc.constantFrom('', 'vCPU', 'vcpu', 'GB', 'gb', 'MB'))
    .map(parts => parts.join(''))

  test('what the check accepts, the comparison understands', () => {
    fc.assert(
      fc.property(size, text => {
        const accepted = (member: string) =>
          !check('ecs_task_definition', `family: web\n${member}: '${text}'`).problems.some(problem =>
            problem.includes(`aws_resource.${member} must be`),
          )
        const whole = /^(0|[1-9]\d*)$/
        if (text !== '' && accepted('cpu')) {
          expect(cpuUnits(text)).toMatch(whole)
          expect(cpuUnits(text)).toBe(String(cpuSize.read(text)))
        }
        if (text !== '' && accepted('memory')) {
          expect(mebibytes(text)).toMatch(whole)
          expect(mebibytes(text)).toBe(String(memorySize.read(text)))
        }
      }),
    )
  })
})
