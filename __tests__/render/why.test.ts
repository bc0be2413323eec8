import { describe, expect, test } from '@jest/globals'
import type { Change } from '../../src/compare/change.ts'
import { phraseMarkdown } from '../../src/render/markdown.ts'
import { reasons } from '../../src/render/reasons.ts'
import { phraseText } from '../../src/render/words.ts'

const said = (...changes: Change[]) => phraseText(reasons(changes))

const variable = (name: string, action?: Change['action'], container = 'web'): Change => ({
  path: `containerDefinitions[${container}].environment[${name}].value`,
  sensitive: true,
  ...(action && { action }),
})

const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web-tg/0123456789abcdef'

describe('why a particle changes', () => {
  test.each<[string, Change[], string]>([
    ['a variable comes', [variable('NEW', 'add')], '+ variable NEW'],
    ['variables go', [variable('A', 'remove'), variable('B', 'remove')], '− variables A and B'],
    [
      'some come, one goes, two change',
      [variable('A', 'add'), variable('B'), variable('AUTH_REQUIRED', 'remove'), variable('C')],
      '− variable AUTH_REQUIRED, + variable A, 2 variables',
    ],
    [
      'one of three containers is new: its members are not named',
      [
        variable('A', undefined, 'web'),
        { path: 'containerDefinitions[proxy].image', after: 'proxy:1' },
        { path: 'containerDefinitions[proxy].cpu', after: 64 },
        variable('B', 'add', 'proxy'),
        variable('C', 'remove', 'side'),
      ],
      '− variable C of side, + container proxy, 1 variable of web',
    ],
    [
      'a container goes whose image is hidden',
      [
        { path: 'containerDefinitions[proxy].image', sensitive: true, action: 'remove' },
        { path: 'containerDefinitions[proxy].cpu', before: 64 },
      ],
      '− container proxy',
    ],
    [
      'a load balancer comes',
      [
        { path: 'loadBalancers[0].targetGroupArn', after: arn },
        { path: 'loadBalancers[0].containerName', after: 'web' },
        { path: 'loadBalancers[0].containerPort', after: 8080 },
      ],
      '+ load balancer web-tg:8080',
    ],
    [
      'a load balancer goes, and another comes at its place in the list',
      [
        { path: 'desiredCount', before: 1, after: 2 },
        { path: 'loadBalancers[0].loadBalancerName', after: 'classic' },
        { path: 'loadBalancers[0].containerPort', after: 80 },
        { path: 'loadBalancers[0].targetGroupArn', before: arn },
        { path: 'loadBalancers[0].containerPort', before: 8080 },
      ],
      '− load balancer web-tg:8080, + load balancer classic:80, desiredCount 1 → 2',
    ],
    [
      'load balancers go whose names are hidden',
      [0, 1].map(index => ({ path: `loadBalancers[${index}].targetGroupArn`, sensitive: true, action: 'remove' })),
      '− 2 load balancers',
    ],
    [
      'a load balancer has another port',
      [{ path: 'loadBalancers[0].containerPort', before: 80, after: 8080 }],
      'loadBalancers[0].containerPort 80 → 8080',
    ],
    [
      'a breaker is switched off',
      [
        { path: 'deploymentConfiguration.deploymentCircuitBreaker.enable', before: true, after: false },
        { path: 'deploymentConfiguration.deploymentCircuitBreaker.rollback', before: true, after: false },
      ],
      '− circuit breaker',
    ],
    [
      'alarms are switched on',
      [
        { path: 'deploymentConfiguration.alarms.alarmNames', after: ['errors'] },
        { path: 'deploymentConfiguration.alarms.enable', before: false, after: true },
      ],
      '+ deployment alarms',
    ],
    [
      'a strategy comes, and the launch type goes with it',
      [
        {
          path: 'capacityProviderStrategy[0].capacityProvider',
          after: 'FARGATE_SPOT',
          removes: [{ path: 'launchType', before: 'FARGATE' }],
        },
        { path: 'capacityProviderStrategy[0].weight', after: 1 },
      ],
      '− launchType FARGATE, + capacity provider FARGATE_SPOT',
    ],
    [
      'members come and go',
      [
        { path: 'containerDefinitions[web].healthCheck.startPeriod', after: 30 },
        { path: 'containerDefinitions[web].user', before: 'app' },
        { path: 'containerDefinitions[web].command', after: ['serve'] },
        { path: 'containerDefinitions[web].logConfiguration.options[token]', sensitive: true, action: 'add' },
      ],
      '− user app, + healthCheck.startPeriod 30, + command and 1 more',
    ],
  ])('%s', (_, changes, text) => expect(said(...changes)).toBe(text))

  test('no line of a comment ends between a sign and what comes or goes', () =>
    expect(phraseMarkdown(reasons([variable('A', 'add'), variable('B', 'remove')]))).toBe(
      '−&nbsp;variable `B`, +&nbsp;variable `A`',
    ))
})
