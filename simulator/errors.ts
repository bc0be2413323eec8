/** An answer that is no success, in the form in which it goes over the wire. */
export class EcsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly status = 400,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
  }
}

export const clientException = (message: string) => new EcsError('ClientException', message)
export const invalidParameter = (message: string) => new EcsError('InvalidParameterException', message)
export const serialization = (message: string) => new EcsError('SerializationException', message)
export const throttling = () => new EcsError('ThrottlingException', 'Rate exceeded')
export const serverException = (status = 500) =>
  new EcsError('ServerException', 'Service Unavailable. Please try again later.', status)

export const clusterNotFound = () => new EcsError('ClusterNotFoundException', 'Cluster not found.')
export const serviceNotFound = () => new EcsError('ServiceNotFoundException', 'Service not found.')
export const serviceNotActive = () => new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.')
export const targetNotFound = (target: string) =>
  new EcsError('TargetNotFoundException', `The specified target wasn't found: ${target}`)

export const accessDenied = (principal: string, operation: string, resource: string) =>
  new EcsError(
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ecs:${operation} on resource: ${resource} because no identity-based policy allows the ecs:${operation} action`,
  )
