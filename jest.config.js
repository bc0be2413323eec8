import { availableParallelism } from 'node:os'

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/jest.environment.js',
  // A busy machine is slow, not wrong.
  testTimeout: 60_000,
  // Tests wait a third of their time, for a process or for a moment that a batch of calls is held. With one worker more than there
  // are processors, each of two processors would rest for a sixth of the time.
  maxWorkers: availableParallelism() + 3,
  // script/test --runner names those that are left out.
  testMatch: ['<rootDir>/__tests__/**/*.test.ts', '!**/*.runner.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
}
